// Waiting on several futexes at once.

#include <sched/futex.hpp>

#include "futex_waiting.hpp"

#include <sync/irq_guard.hpp>

#include <type_traits>

namespace hermit::sched {

FutexResult futex_wait_any(const FutexCondition* conditions, unsigned count, unsigned& which,
                           std::uint64_t deadline_ns) {
    ASSERT(count > 0 && count <= kMaxFutexConditions);
    for (which = 0; which < count; ++which) { // touches the pages, as in futex_wait()
        if (load_futex(conditions[which].word) != conditions[which].expected) {
            return FutexResult::kValueChanged;
        }
    }
    Task& task = waiting_task();
    FutexWaiter waiters[kMaxFutexConditions];
    const ThreadIrqGuard irq;
    const auto join = [&](unsigned i, auto begin) {
        waiters[i].task = &task;
        return join_waiters<begin.value>(task, waiters[i], conditions[i].word,
                                         conditions[i].expected);
    };
    which = 0;
    if (!join(0, std::true_type{})) {
        return FutexResult::kValueChanged; // the wait has not begun
    }
    unsigned joined = 1;
    while (joined < count && join(joined, std::false_type{})) {
        ++joined;
    }
    const bool changed = joined < count;
    FutexResult result = FutexResult::kValueChanged;
    which = joined;
    // Who has claimed the task first has decided. If that was not this task itself, it is on its
    // way to a ready queue and has to be fetched from there by blocking.
    if (!changed || !claim(task, WakeReason::kWoken)) {
        const WakeReason reason = block(task, deadline_ns);
        result = reason == WakeReason::kWoken      ? FutexResult::kWoken
                 : reason == WakeReason::kTimedOut ? FutexResult::kTimedOut
                                                   : FutexResult::kInterrupted;
    }
    for (unsigned i = 0; i < joined; ++i) {
        if (waiters[i].bucket.load(std::memory_order_relaxed) == nullptr) {
            which = i; // taken out by the waker
        }
        withdraw_waiter(waiters[i]);
    }
    return result;
}

} // namespace hermit::sched
