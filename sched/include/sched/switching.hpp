// The short ways from one task to the next and back into a ready queue, inline in what waits and
// wakes: a blocking hand-over between two tasks is made of little else.
#pragma once

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <sched/core_scheduler.hpp>

namespace hermit::sched {

/// Ends the time of `running` and starts that of `next`; the processor's switch follows. Returns
/// the processor time that `running` has used.
inline std::uint64_t CoreScheduler::account(Task& running, Task& next) {
    const std::uint64_t now = arch::read_tsc();
    const std::uint64_t used = running.run_ticks + (now - running.started_tsc);
    running.run_ticks = used;
    running.started_tsc = 0;
    next.started_tsc = now;
    current_task.set(&next);
    return used;
}

inline void CoreScheduler::finish_switch() {
    if (departed_task.get() != nullptr) [[unlikely]] {
        finish_departed();
    }
}

/// Continues `next`. Returns when the turn of `running` has come again.
inline void CoreScheduler::change_task(Task& running, Task& next) {
    account(running, next);
    arch::hermit_switch_context(&running.context, &next.context);
    finish_switch();
}

inline void CoreScheduler::block(Task& running) {
    Task& next = *running.ready_next;
    if (&next != &running && inbox.empty()) [[likely]] {
        // An equal is ready, so time slice and wake threshold are as it needs them. (For one that
        // is more important an interrupt is under way.)
        ready_.remove_first(running, next);
        change_task(running, next);
    } else {
        block_after_decisions(running);
    }
}

inline void CoreScheduler::wake_local(Task& task) {
    task.slice_start_ticks = task.run_ticks;
    // Behind others of its priority nothing changes, unless the running task has been alone.
    if (!ready_.add(task) || slice_armed_ == 0) [[unlikely]] {
        compete(task.queued_priority);
    }
}

} // namespace hermit::sched
