#pragma once

#include <concepts>
#include <cstdint>

namespace hermit::unwind {

/// Reads eight bytes at any address, aligned or not, or says that it cannot; it must not fault.
template <typename T>
concept MemoryReader = requires(T& memory, uint64_t address, uint64_t& value) {
    { memory.read(address, value) } -> std::same_as<bool>;
};

/// A reference to some MemoryReader, so that the unwinder itself need not be a template.
class MemoryRef {
  public:
    template <MemoryReader T>
    requires(!std::same_as<T, MemoryRef>) explicit MemoryRef(T& memory)
        : object_(&memory), read_([](void* object, uint64_t address, uint64_t& value) {
              return static_cast<T*>(object)->read(address, value);
          }) {}

    [[nodiscard]] bool read(uint64_t address, uint64_t& value) const {
        return read_(object_, address, value);
    }

  private:
    void* object_;
    bool (*read_)(void*, uint64_t, uint64_t&);
};

} // namespace hermit::unwind
