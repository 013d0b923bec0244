// Bounded reads of physical memory: what a boot loader left is input, not something to trust.
#pragma once

#include <base/memory.hpp>

#include <cstdint>

namespace hermit::boot {

/// The physical addresses start … start + bytes − 1, seen at `window`.
class PhysicalView {
  public:
    constexpr PhysicalView(const void* window, std::uint64_t start, std::uint64_t bytes)
        : window_{static_cast<const std::uint8_t*>(window)}, start_{start}, bytes_{bytes} {}

    /// Whether [address, address + bytes) lies in the view.
    constexpr bool contains(std::uint64_t address, std::uint64_t bytes) const {
        return address >= start_ && address - start_ <= bytes_ &&
               bytes <= bytes_ - (address - start_);
    }
    /// Copies out a T, at any alignment. False if it is not wholly in the view.
    template <class T>
    bool read(std::uint64_t address, T& value) const {
        return read_bytes(address, &value, sizeof(T));
    }
    bool read_bytes(std::uint64_t address, void* to, std::uint64_t bytes) const {
        if (!contains(address, bytes)) {
            return false;
        }
        hermit_memcpy(to, window_ + (address - start_), bytes);
        return true;
    }
    /// The part of this view that starts at `address`, at most `bytes` long; empty if outside.
    constexpr PhysicalView part(std::uint64_t address, std::uint64_t bytes) const {
        if (!contains(address, 0)) {
            return {window_, address, 0};
        }
        const std::uint64_t rest = bytes_ - (address - start_);
        return {window_ + (address - start_), address, bytes < rest ? bytes : rest};
    }

  private:
    const std::uint8_t* window_;
    std::uint64_t start_;
    std::uint64_t bytes_;
};

} // namespace hermit::boot
