// Per-core storage. Each owner declares its own variables; they live in the section `.percore`, a
// template of which every core has a copy. GS base is the distance from the template to the copy,
// so that `%gs:variable(%rip)` reaches this core's copy in one instruction. [thesis] 3.6.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace hermit {

/// Put before the definition of a PerCore variable.
#define HERMIT_PER_CORE [[gnu::section(".percore")]] constinit

#if defined(__hermit__) || defined(HERMIT_KERNEL)

/// A variable with one value per core. Its initial value is a constant.
template <class T>
class PerCore {
  public:
    constexpr PerCore() = default;
    explicit constexpr PerCore(T value) : value_{value} {}
    PerCore(const PerCore&) = delete;

    /// This core's value in one instruction: consistent even with interrupts on.
    T get() const requires(std::is_trivially_copyable_v<T> && sizeof(T) <= 8) {
        T value;
        if constexpr (sizeof(T) == 8) {
            asm volatile("movq %%gs:%1, %0" : "=r"(value) : "m"(value_));
        } else if constexpr (sizeof(T) == 4) {
            asm volatile("movl %%gs:%1, %0" : "=r"(value) : "m"(value_));
        } else {
            static_assert(sizeof(T) == 1);
            asm volatile("movb %%gs:%1, %0" : "=q"(value) : "m"(value_));
        }
        return value;
    }
    void set(T value) requires(std::is_trivially_copyable_v<T> && sizeof(T) <= 8) {
        if constexpr (sizeof(T) == 8) {
            asm volatile("movq %1, %%gs:%0" : "=m"(value_) : "r"(value));
        } else if constexpr (sizeof(T) == 4) {
            asm volatile("movl %1, %%gs:%0" : "=m"(value_) : "r"(value));
        } else {
            static_assert(sizeof(T) == 1);
            asm volatile("movb %1, %%gs:%0" : "=m"(value_) : "q"(value));
        }
    }
    /// This core's copy. The caller stays on this core while it uses the reference.
    T& local() {
        return *reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(&value_) + distance());
    }
    /// Another core's copy; `distance` is that core's GS base.
    T& on(std::uintptr_t distance) {
        return *reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(&value_) + distance);
    }

  private:
    static std::uintptr_t distance();
    T value_{};
};

/// Counters of which every core has its own set. Counting is one instruction, so nothing is lost to
/// an interrupt in between; `kCauses` counters, indexed by `Cause`. Read for reports only.
template <class Cause, std::size_t kCauses = static_cast<std::size_t>(Cause::kCauses)>
class PerCoreCounts {
  public:
    constexpr PerCoreCounts() = default;
    PerCoreCounts(const PerCoreCounts&) = delete;
    PerCoreCounts& operator=(const PerCoreCounts&) = delete;

    /// Adds one to this core's counter.
    void count(Cause cause) {
        asm volatile("incq %%gs:%0" : "+m"(values_[static_cast<std::size_t>(cause)]) : : "cc");
    }
    /// The counter of any core; `distance` is that core's GS base.
    std::uint64_t on(std::uintptr_t distance, Cause cause) const {
        const auto here =
            reinterpret_cast<std::uintptr_t>(&values_[static_cast<std::size_t>(cause)]);
        return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(here + distance),
                               __ATOMIC_RELAXED);
    }

  private:
    std::uint64_t values_[kCauses] = {};
};

/// This core's GS base, kept in its storage because reading the register is slow or privileged.
extern PerCore<std::uintptr_t> per_core_distance;
/// The GS base of any core. Cores 0 … core_count()−1, once they were set up.
std::uintptr_t per_core_distance_of(unsigned core);

template <class T>
std::uintptr_t PerCore<T>::distance() {
    return per_core_distance.get();
}

#else

/// On the host, where only pure code runs, there is one core.
template <class T>
class PerCore {
  public:
    constexpr PerCore() = default;
    explicit constexpr PerCore(T value) : value_{value} {}
    T get() const { return value_; }
    void set(T value) { value_ = value; }
    T& local() { return value_; }
    T& on(std::uintptr_t) { return value_; }

  private:
    T value_{};
};
template <class Cause, std::size_t kCauses = static_cast<std::size_t>(Cause::kCauses)>
class PerCoreCounts {
  public:
    void count(Cause cause) { ++values_[static_cast<std::size_t>(cause)]; }
    std::uint64_t on(std::uintptr_t, Cause cause) const {
        return values_[static_cast<std::size_t>(cause)];
    }

  private:
    std::uint64_t values_[kCauses] = {};
};
inline std::uintptr_t per_core_distance_of(unsigned) { return 0; }

#endif

} // namespace hermit
