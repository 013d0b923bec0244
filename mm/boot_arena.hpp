// Memory for the kernel before there is a memory manager.
#pragma once

#include <base/address.hpp>
#include <base/assert.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::mm {

/// Hands out pieces of a fixed store, one behind the other. They are never given back: what is
/// needed that early is needed for good. Not thread safe.
template <std::size_t kBytes>
class BootArena {
  public:
    /// `alignment` is a power of two. Null when the store is used up.
    void* allocate(std::size_t bytes, std::size_t alignment) {
        ASSERT(is_power_of_two(alignment));
        const auto base = reinterpret_cast<std::uintptr_t>(store_);
        const std::uintptr_t start = align_up(base + used_, alignment);
        if (bytes > kBytes || start - base > kBytes - bytes) {
            return nullptr;
        }
        used_ = start - base + bytes;
        return reinterpret_cast<void*>(start);
    }
    bool owns(const void* block) const {
        const auto address = reinterpret_cast<std::uintptr_t>(block);
        const auto base = reinterpret_cast<std::uintptr_t>(store_);
        return address >= base && address - base < kBytes;
    }

  private:
    alignas(64) char store_[kBytes] = {};
    std::size_t used_ = 0;
};

} // namespace hermit::mm
