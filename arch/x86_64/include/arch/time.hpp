// Time: the time-stamp counter as a nanosecond clock, and the core's one-shot timer.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Nanoseconds since boot, monotonic and equal on all cores. Any context.
std::uint64_t now_ns();

/// Frequency of the time-stamp counter in kHz.
std::uint64_t tsc_khz();

/// Seconds since 1970 at `now_ns() == 0`, from the real-time clock, in nanoseconds.
std::uint64_t boot_time_realtime_ns();

/// Arms this core's timer: `on_timer_interrupt` is called at or after `deadline_ns` (a `now_ns()`
/// time; in the past: at once). Replaces an earlier deadline. Interrupts off.
void arm_timer(std::uint64_t deadline_ns);

/// Takes back the deadline. An interrupt already on its way may still come. Interrupts off.
void disarm_timer();

} // namespace hermit::arch
