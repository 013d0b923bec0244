#include "time/deadline.hpp"

#include <arch/time.hpp>
#include <sched/task.hpp>

namespace hermit::glue {

bool span_of(const timespec& span, std::uint64_t& nanoseconds) {
    const auto fraction = static_cast<std::uint64_t>(span.tv_nsec);
    if (fraction >= kNanosecondsPerSecond || span.tv_sec < 0) {
        return false;
    }
    if (__builtin_mul_overflow(static_cast<std::uint64_t>(span.tv_sec), kNanosecondsPerSecond,
                               &nanoseconds) ||
        __builtin_add_overflow(nanoseconds, fraction, &nanoseconds)) {
        nanoseconds = sched::kForever - 1;
    }
    return true;
}

std::uint64_t deadline_in(std::uint64_t span_ns) {
    std::uint64_t deadline_ns = 0;
    return __builtin_add_overflow(arch::now_ns(), span_ns, &deadline_ns) ? sched::kForever - 1
                                                                         : deadline_ns;
}

bool deadline_of(clockid_t clock, const timespec& time, std::uint64_t& deadline_ns) {
    if (static_cast<std::uint64_t>(time.tv_nsec) >= kNanosecondsPerSecond) {
        return false;
    }
    if (time.tv_sec < 0) {
        deadline_ns = 0;
    } else {
        span_of(time, deadline_ns);
    }
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        return true;
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE: {
        const std::uint64_t boot = realtime_at_boot_ns();
        deadline_ns = deadline_ns > boot ? deadline_ns - boot : 0;
        return true;
    }
    default:
        return false;
    }
}

} // namespace hermit::glue
