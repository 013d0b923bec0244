// The per-core schedulers, as everything above sched uses them. [thesis] 2.1.3, 3.7.
#pragma once

#include <sched/core_scheduler.hpp>
#include <sched/task.hpp>

namespace hermit::sched {

/// The task that calls.
inline Task& current() { return *current_task.get(); }
/// The task that a core runs at this moment: for messages. Null before the core has started.
Task* running_on(unsigned core);

/// Makes the caller's flow of control this core's first task, which stays bound to its stack.
/// The core's idle task will use the stack that ends at `idle_stack_top`. For a boot core whose
/// first flow is more than idling; else use `run_idle`. Interrupts off. Once per core.
void start_core(unsigned core, Task& task, void* idle_stack_top);

/// Turns the calling flow of control into this core's idle task; from here on the core accepts
/// tasks. Does not return. Interrupts off. Once per core.
[[noreturn]] void run_idle(unsigned core);

/// Number of cores whose scheduler accepts tasks. A core counts only when it is ready.
unsigned ready_cores();
CoreSet ready_core_set();

/// Starts a task whose context was prepared: places it on the allowed core with the fewest
/// assigned tasks (ties round robin) and makes it ready. `affinity` empty means all cores, else a
/// ready one is among them. Thread context or interrupts off; does not block.
void spawn(Task& task);

/// Ends the current task; `on_reaped` is called from another stack. Interrupts on or off.
[[noreturn]] void exit_current();

/// Lets another ready task of the same priority run; returns at once if there is none. (One of a
/// higher priority does not wait for that.) Thread context.
inline void yield() {
    if (has_equal(current()) || !core_scheduler.local().inbox.empty()) {
        CoreScheduler::yield();
    }
}

/// Sleeps until `deadline_ns` (now_ns time). Returns kTimedOut, or kInterrupted.
WakeReason sleep_until(std::uint64_t deadline_ns);

/// Ends another task's wait with kInterrupted. False if it does not wait. Any context; the caller
/// knows that the task still exists.
bool interrupt(Task& task);

/// Changes where a task may run; moves it at its next switch, at once if it is the current one and
/// its core is no longer allowed. False if no running core is in the set. Thread context.
bool set_affinity(Task& task, const CoreSet& affinity);
/// Where the task may run, never empty.
CoreSet affinity(Task& task);

/// Gives a task that was not spawned yet the affinity of another, which may be changing. Any
/// context.
void inherit_affinity(Task& task, const Task& creator);

/// Changes a task's priority, 1 … kPriorities−1; takes effect at once. Thread context.
void set_priority(Task& task, Priority priority);

/// Processor time that the task has used, in nanoseconds. Any core.
std::uint64_t run_time_ns(const Task& task);

} // namespace hermit::sched
