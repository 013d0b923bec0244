// Between POSIX's timespec on a clock and the kernel's one number: nanoseconds since boot.
#pragma once

#include <cstdint>
#include <ctime>

namespace hermit::glue {

inline constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

inline void to_timespec(std::uint64_t nanoseconds, timespec& time) {
    time.tv_sec = static_cast<time_t>(nanoseconds / kNanosecondsPerSecond);
    time.tv_nsec = static_cast<long>(nanoseconds % kNanosecondsPerSecond);
}

/// Nanoseconds since 1970 at boot, as clock_settime left it.
std::uint64_t realtime_at_boot_ns();

/// clock_gettime() of any clock.
int get_other_time(clockid_t clock, timespec& time);

/// Turns a span of time into nanoseconds; what does not fit becomes the greatest number below
/// kForever. False (EINVAL) if it is negative or malformed.
bool span_of(const timespec& span, std::uint64_t& nanoseconds);

/// The time so many nanoseconds from now, in nanoseconds since boot; at most the greatest number
/// below kForever.
std::uint64_t deadline_in(std::uint64_t span_ns);

/// Whether locks, semaphores and joins can wait by this clock.
constexpr bool is_lock_clock(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC;
}

/// Turns an absolute time of `clock` into nanoseconds since boot; a past one becomes 0. False
/// (EINVAL) if it is malformed or the clock cannot be waited on.
bool deadline_of(clockid_t clock, const timespec& time, std::uint64_t& deadline_ns);

} // namespace hermit::glue
