// Sleeping.

#include "errors.hpp"
#include "time/deadline.hpp"

#include <arch/time.hpp>
#include <sched/scheduler.hpp>

#include <hermit.h>
#include <unistd.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

/// 0 when the time has come, or EINTR.
int sleep_until(std::uint64_t deadline_ns) {
    return sched::sleep_until(deadline_ns) == sched::WakeReason::kInterrupted ? EINTR : 0;
}

/// What is left until the deadline.
void tell_rest(std::uint64_t deadline_ns, timespec* rest) {
    if (rest != nullptr) {
        const std::uint64_t now = arch::now_ns();
        to_timespec(deadline_ns > now ? deadline_ns - now : 0, *rest);
    }
}

} // namespace

extern "C" {

/// Returns an error number, 0 for none.
[[gnu::weak]] int clock_nanosleep(clockid_t clock, int flags, const timespec* time,
                                  timespec* rest) {
    std::uint64_t deadline_ns = 0;
    timespec probe{};
    if (!deadline_of(clock, probe, deadline_ns)) {
        // POSIX: the caller's own processor time, which a sleep would not add to, is an error.
        const bool exists = clock != CLOCK_THREAD_CPUTIME_ID && clock_gettime(clock, &probe) == 0;
        return exists ? ENOTSUP : EINVAL;
    }
    if ((flags & TIMER_ABSTIME) != 0) {
        return deadline_of(clock, *time, deadline_ns) ? sleep_until(deadline_ns) : EINVAL;
    }
    std::uint64_t span = 0;
    if (!span_of(*time, span)) {
        return EINVAL;
    }
    deadline_ns = deadline_in(span);
    const int error = sleep_until(deadline_ns);
    if (error == EINTR) {
        tell_rest(deadline_ns, rest);
    }
    return error;
}

[[gnu::weak]] int nanosleep(const timespec* span, timespec* rest) {
    const int error = clock_nanosleep(CLOCK_MONOTONIC, 0, span, rest);
    return error == 0 ? 0 : fail(error);
}

[[gnu::weak]] void sys_msleep(unsigned milliseconds) {
    sleep_until(deadline_in(std::uint64_t{milliseconds} * 1'000'000));
}

} // extern "C"
