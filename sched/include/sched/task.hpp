// A task: what the scheduler knows of a thread. It is embedded in its owner's memory; the scheduler
// allocates nothing.
#pragma once

#include <arch/context.hpp>
#include <base/core_set.hpp>
#include <base/list.hpp>

#include <atomic>
#include <cstdint>

namespace hermit::sched {

/// 0 is the least important (idle), 31 the most.
using Priority = std::uint8_t;
inline constexpr unsigned kPriorities = 32;
inline constexpr Priority kIdlePriority = 0;
inline constexpr Priority kDefaultPriority = 8;

/// How a block ended.
enum class WakeReason : std::uint8_t { kWoken, kTimedOut, kInterrupted };

/// No time-out.
inline constexpr std::uint64_t kForever = ~std::uint64_t{0};

struct Task {
    arch::Context context;

    /// The innermost ready queue, inbox or other list the task is in.
    ListNode ready_node;
    Task* inbox_next = nullptr;

    /// Whether the task waits, and how the wait ended; decides between wake-up and time-out.
    std::atomic<std::uint32_t> wait_state{0};
    std::uint64_t deadline_ns = kForever;
    ListNode timer_node; // or whatever the timer queue needs; owner: sched/timer_queue

    CoreSet affinity;
    unsigned core = 0; // home core: only its scheduler queues and runs the task
    std::uint32_t id = 0;
    Priority priority = kDefaultPriority;
    bool idle = false;
    char name[16] = {};

    /// Processor time used so far, in TSC ticks, and the TSC when it last started to run.
    std::uint64_t run_ticks = 0;
    std::uint64_t started_tsc = 0;

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
