// Clocks.

#include "errors.hpp"
#include "threads/stack_cache.hpp"
#include "time/deadline.hpp"

#include <arch/time.hpp>
#include <sync/spin_lock.hpp>

#include <algorithm>
#include <sys/time.h>
#include <sys/times.h>

namespace hermit::glue {
namespace {

/// The real time at boot: 0 until somebody asks, then what the real-time clock says, or what
/// clock_settime made of it.
constinit std::atomic<std::uint64_t> realtime_base_ns{0};
constinit SpinLock realtime_clock{LockRank::kThreads}; // one reader of its registers at a time

[[gnu::noinline]] std::uint64_t ask_realtime_clock() {
    const SpinGuard guard{realtime_clock};
    std::uint64_t base = realtime_base_ns.load(std::memory_order_relaxed);
    if (base == 0) {
        // Without a clock time counts from 1970, and nobody is asked again.
        base = std::max<std::uint64_t>(arch::boot_time_realtime_ns(), 1);
        realtime_base_ns.store(base, std::memory_order_relaxed);
    }
    return base;
}

/// A clock of one thread's processor time: the thread's number above these bits.
constexpr clockid_t kThreadClock = 16;

/// The value of a clock in nanoseconds; false if there is no such clock.
bool read(clockid_t clock, std::uint64_t& nanoseconds) {
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        nanoseconds = arch::now_ns();
        return true;
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        nanoseconds = realtime_at_boot_ns() + arch::now_ns();
        return true;
    case CLOCK_PROCESS_CPUTIME_ID:
        nanoseconds = run_time_of_all();
        return true;
    case CLOCK_THREAD_CPUTIME_ID:
        nanoseconds = sched::run_time_ns(current_thread().task);
        return true;
    default:
        return clock >= kThreadClock &&
               run_time_of(static_cast<std::uint32_t>(clock / kThreadClock), nanoseconds);
    }
}

constexpr std::uint64_t kNanosecondsPerTick = kNanosecondsPerSecond / CLOCKS_PER_SEC;

} // namespace

std::uint64_t realtime_at_boot_ns() {
    const std::uint64_t base = realtime_base_ns.load(std::memory_order_relaxed);
    return base != 0 ? base : ask_realtime_clock();
}

int get_other_time(clockid_t clock, timespec& time) {
    std::uint64_t nanoseconds = 0;
    if (!read(clock, nanoseconds)) {
        return fail(EINVAL);
    }
    to_timespec(nanoseconds, time);
    return 0;
}

} // namespace hermit::glue

using namespace hermit;
using namespace hermit::glue;

extern "C" {

[[gnu::weak]] int clock_getres(clockid_t clock, timespec* resolution) {
    std::uint64_t nanoseconds = 0;
    if (!read(clock, nanoseconds)) {
        return fail(EINVAL);
    }
    if (resolution != nullptr) {
        *resolution = {.tv_sec = 0, .tv_nsec = 1};
    }
    return 0;
}

[[gnu::weak]] int clock_settime(clockid_t clock, const timespec* time) {
    std::uint64_t nanoseconds = 0;
    if (clock != CLOCK_REALTIME || !span_of(*time, nanoseconds)) {
        return fail(EINVAL);
    }
    const std::uint64_t now = arch::now_ns();
    if (nanoseconds <= now) {
        return fail(EINVAL); // before 1970 at boot
    }
    realtime_base_ns.store(nanoseconds - now, std::memory_order_relaxed);
    return 0;
}

[[gnu::weak]] int pthread_getcpuclockid(pthread_t handle, clockid_t* clock) {
    *clock = static_cast<clockid_t>(to_thread(handle).task.id) * kThreadClock;
    return 0;
}
[[gnu::weak]] int clock_getcpuclockid(pid_t pid, clockid_t* clock) {
    if (pid != 0 && pid != 1) {
        return ESRCH;
    }
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

[[gnu::weak]] int gettimeofday(timeval* time, void*) {
    const std::uint64_t now = realtime_at_boot_ns() + arch::now_ns();
    time->tv_sec = static_cast<time_t>(now / kNanosecondsPerSecond);
    time->tv_usec = static_cast<suseconds_t>(now % kNanosecondsPerSecond / 1000);
    return 0;
}
[[gnu::weak]] int settimeofday(const timeval* time, const struct timezone*) {
    if (time == nullptr) {
        return 0; // the time zone alone, which nobody keeps
    }
    const timespec fine{.tv_sec = time->tv_sec, .tv_nsec = time->tv_usec * 1000};
    return clock_settime(CLOCK_REALTIME, &fine);
}

[[gnu::weak]] clock_t clock(void) {
    return static_cast<clock_t>(run_time_of_all() / kNanosecondsPerTick);
}

[[gnu::weak]] clock_t times(tms* used) {
    if (used != nullptr) {
        *used = {};
        used->tms_utime = clock();
    }
    return static_cast<clock_t>(arch::now_ns() / kNanosecondsPerTick);
}

} // extern "C"
