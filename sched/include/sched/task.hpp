// A task: what the scheduler knows of a thread. It is embedded in its owner's memory; the scheduler
// allocates nothing.
#pragma once

#include <arch/context.hpp>
#include <base/core_set.hpp>
#include <sched/futex_waiter.hpp>
#include <sched/timer_queue.hpp>

#include <atomic>
#include <cstdint>

namespace hermit::sched {

/// 0 is the least important (idle), 31 the most.
using Priority = std::uint8_t;
inline constexpr unsigned kPriorities = 32;
inline constexpr Priority kIdlePriority = 0;
inline constexpr Priority kDefaultPriority = 8;

/// In `Task::wake_core`: the task may no longer run on its home core, which hands it over.
inline constexpr unsigned kNoCore = kMaxCores;

/// How a block ended.
enum class WakeReason : std::uint8_t { kWoken, kTimedOut, kInterrupted };

/// Whether a task waits, and if not, how its last wait ended: a WakeReason above the lowest bit.
using WaitState = std::uint32_t;
inline constexpr WaitState kWaiting = 1;
constexpr WaitState ended(WakeReason reason) { return static_cast<WaitState>(reason) << 1; }
constexpr WakeReason reason_of(WaitState state) { return static_cast<WakeReason>(state >> 1); }

struct Task {
    arch::Context context;

    // Links of the ready queue (home core only) and of the inbox or a list of tasks to wake
    // (whoever has claimed the task).
    Task* ready_next = nullptr;
    Task* ready_previous = nullptr;
    Task* inbox_next = nullptr;

    /// Processor time used so far, in TSC ticks, and the TSC when it last started to run, 0 while
    /// it does not run.
    std::uint64_t run_ticks = 0;
    std::uint64_t started_tsc = 0;
    /// `run_ticks` at the start of its time slice.
    std::uint64_t slice_start_ticks = 0;

    /// Who changes it from kWaiting to one of the three ends has claimed the task and must make it
    /// ready: the one place where wake-up, time-out and interruption are decided.
    std::atomic<WaitState> wait_state{ended(WakeReason::kWoken)};
    /// Home core: only its scheduler queues and runs the task. Changed by the home core alone.
    std::atomic<unsigned> core{0};
    /// The core on which a wake-up may put it into the ready queue: the home core, or none if it
    /// has to move.
    std::atomic<unsigned> wake_core{0};
    std::atomic<Priority> priority{kDefaultPriority};
    /// The ready queue that the task is in, while it is in one. Home core only.
    Priority queued_priority = kDefaultPriority;
    bool idle = false;
    bool dead = false;
    /// Whether the end of a time slice lets the next of its equals run; else only its own yielding
    /// or waiting does.
    std::atomic<bool> takes_turns{true};

    /// The word that the task waits on, if it is one.
    FutexWaiter futex_waiter{.task = this};
    /// The deadline of the task's wait, in its home core's timer queue.
    TimerNode timer;

    /// Where the task may run; empty means anywhere. Guarded by the scheduler's attribute lock once
    /// the task was spawned; change it by `set_affinity`.
    CoreSet affinity;
    std::uint32_t id = 0; // given by spawn()
    char name[16] = {};

    /// Called once, on another stack with interrupts off, when the task has exited and its stack
    /// and this structure are no longer used by any core. Must be short; may wake tasks.
    void (*on_reaped)(Task&) = nullptr;
    /// The owner's.
    void* owner = nullptr;
    /// Lowest address of the task's usable stack, for overflow messages.
    std::uint64_t stack_bottom = 0;
    std::uint64_t stack_top = 0;
};

} // namespace hermit::sched
