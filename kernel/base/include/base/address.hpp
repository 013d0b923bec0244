// Physical and virtual addresses as distinct types, so that one is never taken for the other.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace hermit {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

/// Rounds `value` down to a multiple of `alignment`, a power of two.
constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t alignment) {
    return value & ~(alignment - 1);
}

/// Rounds `value` up to a multiple of `alignment`, a power of two. Wraps beyond 2^64.
constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
    return align_down(value + alignment - 1, alignment);
}

/// Whether `value` is a multiple of `alignment`, a power of two.
constexpr bool is_aligned(std::uint64_t value, std::uint64_t alignment) {
    return (value & (alignment - 1)) == 0;
}

constexpr bool is_power_of_two(std::uint64_t value) {
    return value != 0 && (value & (value - 1)) == 0;
}

namespace detail {

/// What both kinds of address share. `Self` is the concrete type.
template <class Self>
class Address {
  public:
    constexpr Address() = default;
    explicit constexpr Address(std::uint64_t value) : value_{value} {}

    constexpr std::uint64_t value() const { return value_; }
    constexpr bool is_aligned(std::uint64_t alignment) const {
        return hermit::is_aligned(value_, alignment);
    }
    constexpr Self align_down(std::uint64_t alignment) const {
        return Self{hermit::align_down(value_, alignment)};
    }
    constexpr Self align_up(std::uint64_t alignment) const {
        return Self{hermit::align_up(value_, alignment)};
    }

    friend constexpr Self operator+(Self address, std::uint64_t bytes) {
        return Self{address.value_ + bytes};
    }
    friend constexpr Self operator-(Self address, std::uint64_t bytes) {
        return Self{address.value_ - bytes};
    }
    /// Distance in bytes; `a` is not below `b`.
    friend constexpr std::uint64_t operator-(Self a, Self b) { return a.value_ - b.value_; }
    constexpr Self& operator+=(std::uint64_t bytes) {
        value_ += bytes;
        return static_cast<Self&>(*this);
    }
    friend constexpr bool operator==(Self a, Self b) { return a.value_ == b.value_; }
    friend constexpr std::strong_ordering operator<=>(Self a, Self b) {
        return a.value_ <=> b.value_;
    }

  private:
    std::uint64_t value_ = 0;
};

} // namespace detail

/// An address on the memory bus.
class PhysAddr : public detail::Address<PhysAddr> {
    using Address::Address;
};

/// An address as the processor's instructions use it.
class VirtAddr : public detail::Address<VirtAddr> {
  public:
    using Address::Address;
    explicit VirtAddr(const volatile void* pointer)
        : Address{reinterpret_cast<std::uint64_t>(pointer)} {}

    template <class T>
    T* as() const {
        return reinterpret_cast<T*>(value());
    }
};

} // namespace hermit
