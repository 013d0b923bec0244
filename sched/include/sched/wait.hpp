// Blocking, as the waiting primitives use it. A task first announces that it will wait, then makes
// itself known to those who may wake it, then blocks; all with interrupts off. Whoever claims it
// decides how the wait ended and makes it ready. Known in several places, it is claimed once.
#pragma once

#include <sched/core_scheduler.hpp>
#include <sched/task.hpp>

namespace hermit::sched {

/// The task that calls. On the host, where the primitives are tested, a thread stands for it.
#ifdef HERMIT_KERNEL
inline Task& waiting_task() { return *current_task.get(); }
#else
Task& waiting_task();
#endif

/// From here on the current task can be claimed. Returns it. Interrupts off until `block` returns.
inline Task& begin_wait() {
    Task& task = waiting_task();
    // Release pairs with claim(). Before the task is put where a waker finds it.
    task.wait_state.store(WaitState::kWaiting, std::memory_order_release);
    return task;
}

/// Blocks the current task, which is `task`, until it was claimed and made ready, or until
/// `deadline_ns` (a now_ns() time, or kForever). The caller then makes sure that nobody knows it
/// any more.
WakeReason block(Task& task, std::uint64_t deadline_ns);

/// Ends the task's wait if it still waits. True: the caller has to call `make_ready` soon, and no
/// one else may. Any context; the caller knows that the task still exists.
inline bool claim(Task& task, WakeReason reason) {
    WaitState state = WaitState::kWaiting;
    const auto end = static_cast<WaitState>(static_cast<unsigned>(WaitState::kWoken) +
                                            static_cast<unsigned>(reason));
    // Acquire pairs with the release in begin_wait(): the winner sees the waiter's home core.
    return task.wait_state.compare_exchange_strong(state, end, std::memory_order_acq_rel,
                                                   std::memory_order_relaxed);
}

/// Makes a claimed task ready on its home core. The task may run and be gone before this returns.
/// Interrupts off. If the task is more important than the current one, it runs as soon as they are
/// on again.
void make_ready(Task& task);

} // namespace hermit::sched
