// Blocking, as the waiting primitives use it. A task first announces that it will wait, then makes
// itself known to those who may wake it, then blocks; all with interrupts off. Whoever claims it
// decides how the wait ended and makes it ready. Known in several places, it is claimed once.
#pragma once

#include <sched/task.hpp>

#ifdef HERMIT_KERNEL
#include <sched/switching.hpp>
#endif

namespace hermit::sched {

/// The task that calls. On the host, where the primitives are tested, a thread stands for it.
#ifdef HERMIT_KERNEL
inline Task& waiting_task() { return *current_task.get(); }
#else
Task& waiting_task();
#endif

/// From here on `task`, the current one, can be claimed. Interrupts off until `block` returns.
inline void begin_wait(Task& task) {
    // Release pairs with claim(). Before the task is put where a waker finds it.
    task.wait_state.store(kWaiting, std::memory_order_release);
}

/// Blocks the current task, which is `task`, until it was claimed and made ready, or until
/// `deadline_ns` (a now_ns() time, or kForever). The caller then makes sure that nobody knows it
/// any more.
WakeReason block(Task& task, std::uint64_t deadline_ns);
#ifdef HERMIT_KERNEL
inline WakeReason block(Task& task) {
    core_scheduler.local().block(task);
    // Asked anew for the task: a register kept over the switch would be saved twice.
    const WaitState end = current_task.get()->wait_state.load(std::memory_order_relaxed);
    return end == ended(WakeReason::kWoken) ? WakeReason::kWoken : reason_of(end);
}
#else
inline WakeReason block(Task& task) { return block(task, kForever); }
#endif

/// Ends the task's wait if it still waits. True: the caller has to call `make_ready` soon, and no
/// one else may. Any context; the caller knows that the task still exists.
inline bool claim(Task& task, WakeReason reason) {
    // Acquire pairs with the release in begin_wait(): the winner sees the waiter's home core.
    if (reason == WakeReason::kWoken) { // clearing the bit is all, and one instruction
        return (task.wait_state.fetch_and(~kWaiting, std::memory_order_acq_rel) & kWaiting) != 0;
    }
    WaitState state = kWaiting;
    return task.wait_state.compare_exchange_strong(state, ended(reason), std::memory_order_acq_rel,
                                                   std::memory_order_relaxed);
}

/// Makes a claimed task ready on its home core. The task may run and be gone before this returns.
/// Interrupts off. If the task is more important than the current one, it runs as soon as they are
/// on again.
#ifdef HERMIT_KERNEL
inline void make_ready(Task& task) {
    if (task.wake_core.load(std::memory_order_relaxed) == arch::this_core()) [[likely]] {
        core_scheduler.local().wake_local(task);
    } else {
        CoreScheduler::wake_elsewhere(task);
    }
}
#else
void make_ready(Task& task);
#endif

} // namespace hermit::sched
