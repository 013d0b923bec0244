// Bytes of a firmware's table, and the physical memory that tables lie in. What firmware left is
// input: it is read with bounds, at any alignment.
#pragma once

#include <base/assert.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::arch::firmware {

/// Gives access to physical memory: a pointer to `bytes` readable bytes at `address`, or null.
class MemoryView {
  public:
    virtual const std::uint8_t* at(std::uint64_t address, std::size_t bytes) = 0;

  protected:
    ~MemoryView() = default;
};

/// A stretch of readable bytes.
class Bytes {
  public:
    constexpr Bytes() = default;
    constexpr Bytes(const std::uint8_t* first, std::uint32_t length)
        : first_{first}, length_{length} {}

    constexpr const std::uint8_t* data() const { return first_; }
    constexpr std::uint32_t length() const { return length_; }
    constexpr std::uint8_t operator[](std::uint32_t at) const { return read<std::uint8_t>(at); }
    constexpr bool holds(std::uint32_t at, std::uint32_t bytes) const {
        return at <= length_ && bytes <= length_ - at;
    }
    /// The little-endian number at `at`, which the caller has checked to be inside.
    template <class T>
    constexpr T read(std::uint32_t at) const {
        ASSERT(holds(at, sizeof(T)));
        T value{};
        __builtin_memcpy(&value, first_ + at, sizeof(T));
        return value;
    }
    /// `bytes` bytes from `at` on; fewer where these end, none beyond.
    constexpr Bytes part(std::uint32_t at, std::uint32_t bytes) const {
        if (at > length_) {
            return {};
        }
        return {first_ + at, bytes < length_ - at ? bytes : length_ - at};
    }
    constexpr bool starts_with(const char* text, std::uint32_t characters) const {
        if (length_ < characters) {
            return false;
        }
        for (std::uint32_t i = 0; i < characters; ++i) { // GCC would not take the kernel's memcmp
            if (first_[i] != static_cast<std::uint8_t>(text[i])) {
                return false;
            }
        }
        return true;
    }
    /// Whether all bytes add up to a multiple of 256: what every table's checksum makes true.
    constexpr bool sums_to_zero() const {
        unsigned sum = 0;
        for (std::uint32_t i = 0; i < length_; ++i) {
            sum += first_[i];
        }
        return sum % 256 == 0;
    }

  private:
    const std::uint8_t* first_ = nullptr;
    std::uint32_t length_ = 0;
};

/// The memory at `address`, or nothing (length 0) if it is not all readable.
inline Bytes bytes_at(MemoryView& memory, std::uint64_t address, std::uint32_t length) {
    const std::uint8_t* const first = memory.at(address, length);
    return first != nullptr ? Bytes{first, length} : Bytes{};
}

/// Where the BIOS says that its extended data area begins, in whose first kilobyte pointers to
/// tables may be; 0 if it names no place in base memory. [acpi/6.5] §5.2.5.1, [intel/mp] §4.
inline std::uint64_t extended_bios_area(MemoryView& memory) {
    const Bytes segment = bytes_at(memory, 0x40E, 2);
    const std::uint64_t area =
        segment.length() != 0 ? std::uint64_t{segment.read<std::uint16_t>(0)} << 4 : 0;
    return area >= 0x80000 && area < 0xA0000 ? area : 0;
}

} // namespace hermit::arch::firmware
