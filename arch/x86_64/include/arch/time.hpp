// Time: the time-stamp counter as a nanosecond clock, and the core's one-shot timer.
// [thesis] 2.1.4.
#pragma once

#include <arch/cpu.hpp>
#include <arch/firmware/fixed_hardware.hpp>

#include <cstdint>

namespace hermit::arch {

/// 2^32 times `numerator` / `denominator`, rounded down. The result fits into 64 bits:
/// `numerator` / 2^32 is below `denominator`.
inline std::uint64_t ratio(std::uint64_t numerator, std::uint64_t denominator) {
    // One instruction; the compiler would call a function of libgcc, which the kernel does not
    // have.
    std::uint64_t quotient = numerator << 32;
    std::uint64_t high = numerator >> 32;
    asm("divq %2" : "+a"(quotient), "+d"(high) : "r"(denominator) : "cc");
    return quotient;
}

/// Converts time-stamp counter readings. Constant once `calibrate_time` has returned.
struct TimeBase {
    std::uint64_t start_tsc = 0;
    std::uint64_t nanoseconds_per_tick = 0; // times 2^32
    std::uint64_t khz = 0;

    /// The counter's value at `deadline_ns` (a `now_ns()` time), or its largest value if that is
    /// earlier: the clock has reached the deadline by then, and at most a tick ago. By
    /// division, because a rounded factor would be off by more the longer the machine runs, and a
    /// timer that is set too early fires again and again until the time has come.
    std::uint64_t counter_at(std::uint64_t deadline_ns) const {
        std::uint64_t value;
        if (deadline_ns >> 32 >= nanoseconds_per_tick ||
            __builtin_add_overflow(ratio(deadline_ns, nanoseconds_per_tick), start_tsc, &value) ||
            value == UINT64_MAX) {
            return UINT64_MAX;
        }
        return value + 1;
    }
};
extern TimeBase time_base;

/// What the APIC timer is set to.
struct TimerCount {
    std::uint32_t count;
    bool divide_by_128;
};

/// The count for a deadline `distance_ns` away: never short of it by rounding, and the longest
/// there is where the deadline lies beyond the timer's range. `ticks_per_ns` is times 2^32.
constexpr TimerCount timer_count(std::uint64_t distance_ns, std::uint64_t ticks_per_ns) {
    using Wide = unsigned __int128;
    constexpr std::uint32_t kLongest = 0xFFFF'FFFF;
    const Wide ticks = ((Wide{distance_ns} * ticks_per_ns) >> 32) + 1;
    if (ticks <= kLongest) {
        return {static_cast<std::uint32_t>(ticks), false};
    }
    const Wide slow = ticks / 128 + 1;
    return {slow <= kLongest ? static_cast<std::uint32_t>(slow) : kLongest, true};
}

/// Nanoseconds that `ticks` of the time-stamp counter last. No overflow for 500 years.
inline std::uint64_t ticks_to_ns(std::uint64_t ticks) {
    using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{ticks} * time_base.nanoseconds_per_tick) >> 32);
}

/// Nanoseconds since boot, monotonic and equal on all cores. Any context.
inline std::uint64_t now_ns() { return ticks_to_ns(read_tsc() - time_base.start_tsc); }

/// Frequency of the time-stamp counter in kHz.
inline std::uint64_t tsc_khz() { return time_base.khz; }

/// Where the frequency of the time-stamp counter may come from.
enum class ClockSource : std::uint8_t {
    kAutomatic,
    kHypervisor,
    kCpuid,
    kBrand,
    kHpet,
    kPmTimer,
    kPit
};

/// Clocks to measure against, beside the 8254.
struct ClockHardware {
    volatile void* hpet; // mapped registers, or null
    const firmware::FixedHardware* fixed;
};

/// Finds the frequencies of the time-stamp counter and of the APIC timer. In this order: `tsc_khz`
/// if it is not 0; what hypervisor and CPUID leaf 0x15 say, which is exact; a measurement of 5 ms
/// against HPET, PM timer or 8254, off by some 100 millionths; the base frequency of CPUID leaf
/// 0x16 and the brand string, which are rounded and so off by up to 5 thousandths. `wanted`: that
/// source alone, if it works. The APIC timer is measured unless there is TSC-deadline mode.
/// Panics if there is no source at all. Boot core, APIC on.
void calibrate_time(std::uint64_t tsc_khz, ClockSource wanted, const ClockHardware& hardware);

/// Where the frequency came from, for the log.
const char* time_source();

/// Nanoseconds between 1970 and `now_ns() == 0`, as the real-time clock tells. 0 if there is none.
std::uint64_t boot_time_realtime_ns();

/// Arms this core's timer: `on_timer_interrupt` is called at or, where the deadline lies beyond the
/// timer's range, before `deadline_ns` (a `now_ns()` time; in the past: at once). Replaces an
/// earlier deadline. Interrupts off.
void arm_timer(std::uint64_t deadline_ns);

/// Takes back the deadline. An interrupt already on its way may still come. Interrupts off.
void disarm_timer();

} // namespace hermit::arch
