#include <sched/semaphore.hpp>

namespace hermit::sched {

WakeReason Semaphore::wait(std::uint64_t deadline_ns) {
    state_.fetch_add(kOneWaiter, std::memory_order_relaxed);
    WakeReason reason = WakeReason::kWoken;
    while (!try_acquire()) {
        const FutexResult result = futex_wait(word(), 0, deadline_ns);
        if (result == FutexResult::kTimedOut || result == FutexResult::kInterrupted) {
            // The last chance: a release may have come between the time-out and now, and its
            // wake-up may have found nobody else.
            if (!try_acquire()) {
                reason = result == FutexResult::kTimedOut ? WakeReason::kTimedOut
                                                          : WakeReason::kInterrupted;
            }
            break;
        }
    }
    state_.fetch_sub(kOneWaiter, std::memory_order_relaxed);
    return reason;
}

} // namespace hermit::sched
