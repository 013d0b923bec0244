// The per-core schedulers, as everything above sched uses them. [thesis] 2.1.3, 3.7.
#pragma once

#include <sched/task.hpp>
#include <sync/per_core.hpp>

namespace hermit::sched {

/// This core's running task.
extern PerCore<Task*> current_task;
inline Task& current() { return *current_task.get(); }

/// Makes the caller's flow of control this core's first task: on the boot core the initial thread
/// (`task`), which stays bound to its owner's stack. Interrupts off. Once per core.
void start_core(unsigned core, Task& task);

/// Turns the calling flow of control into this core's idle task; does not return. Interrupts off.
[[noreturn]] void run_idle(unsigned core);

/// Number of cores whose scheduler accepts tasks. A core counts only when it is ready.
unsigned ready_cores();

/// Starts a task whose context was prepared: places it on the allowed core with the fewest
/// assigned tasks (ties round robin) and makes it ready. `affinity` empty means all cores.
/// Thread context or interrupts off; does not block.
void spawn(Task& task);

/// Ends the current task; `on_reaped` is called from another stack. Interrupts on or off.
[[noreturn]] void exit_current();

/// Lets another ready task of the same or a higher priority run; returns at once if there is none.
void yield();

/// Sleeps until `deadline_ns` (now_ns time). Returns kTimedOut, or kInterrupted.
WakeReason sleep_until(std::uint64_t deadline_ns);

/// Ends another task's wait with kInterrupted. False if it does not wait. Any context.
bool interrupt(Task& task);

/// Changes where a task may run; moves it at its next switch, at once if it is the current one and
/// its core is no longer allowed. Fails with kInvalidArgument if no running core is in the set.
bool set_affinity(Task& task, const CoreSet& affinity);

/// Changes a task's priority; takes effect at once. 1 … kPriorities−1.
void set_priority(Task& task, Priority priority);

/// Processor time that the task has used, in nanoseconds.
std::uint64_t run_time_ns(const Task& task);

} // namespace hermit::sched
