// The scheduler of one core. Everything but the inbox and what stands beside it is touched by
// its own core only, with interrupts off. [thesis] 2.1.3, 3.7.
#pragma once

#include <arch/upcalls.hpp>
#include <sched/inbox.hpp>
#include <sched/poll_policy.hpp>
#include <sched/ready_queues.hpp>
#include <sched/timer_queue.hpp>
#include <sync/per_core.hpp>

namespace hermit::sched {

/// How long a task runs while others of its priority wait for the same core. Alone it is never
/// interrupted; equals share, because one may spin until the other has done something.
inline constexpr std::uint64_t kSliceNs = 10'000'000;

class CoreScheduler {
  public:
    /// Takes over the core with `running` as its current task. `running` may be `idle`.
    void start(unsigned core, Task& running);
    /// The idle task's life.
    [[noreturn]] void idle_loop();

    /// Makes a task ready, which the caller has claimed, on its home core: this one, where it may
    /// stay.
    void wake_local(Task& task);
    /// The same for a task that belongs to another core or has to go to one.
    static void wake_elsewhere(Task& task);

    /// Lets the next of the running task's equals run on this core. Returns when the task's turn
    /// has come again. Thread context.
    static void yield();
    /// Gives up the processor until somebody has made the running task ready again. It has called
    /// `begin_wait`.
    void block(Task& running);
    /// The same until a time at most. The caller removes the deadline.
    void block_until(Task& running, std::uint64_t deadline_ns);
    [[noreturn]] void exit(Task& running);

    void remove_deadline(Task& task);

    /// On the way out of an interrupt: the task that takes the processor from `running`, or null.
    Task* preempt(Task& running);
    /// Expires deadlines and notes the end of the time slice.
    void timer_expired();
    /// After any switch, on the next task's or the core's own stack: completes what could not be
    /// done as long as the old task's stack was in use.
    static void finish_switch();

    Task idle;

    /// Written by other cores, so in a cache line of their own.
    alignas(64) Inbox inbox;
    /// A task that was left in the inbox needs an IPI if its priority is this or higher.
    std::atomic<unsigned> wake_threshold{kNoWakeUp};
    /// When another core last sent an IPI for a task in the inbox.
    std::atomic<std::uint64_t> woken_tsc{0};
    /// Attributes of this core's tasks have changed, and an IPI comes.
    std::atomic<bool> attention{false};
    unsigned core = 0;

    /// No IPI at all: the core will look at its inbox by itself.
    static constexpr unsigned kNoWakeUp = kPriorities + 1;

  private:
    /// Adds a task behind its equals with a full time slice, or hands it over.
    void enqueue(Task& task) {
        if (task.wake_core.load(std::memory_order_relaxed) == kNoCore) [[unlikely]] {
            hand_over(task);
            return;
        }
        task.slice_start_ticks = task.run_ticks;
        ready_.add(task);
    }
    static void yield_to_next();
    static void drain_and_yield();
    void wake_remote(Task& task); // of `this`, another core's, only what others write is used
    void compete(Priority priority);
    void block_after_decisions(Task& running);
    bool another_is_awake() const;
    /// Idles with interrupts on for a while, but not halted, so that waking this core takes no IPI.
    /// Called and returns with interrupts off. Whether there is something to run.
    bool poll();
    /// After a halt: whether it would have been better to poll.
    void judge_halt();
    void drain();
    void drain_inbox();
    Task& next_task();
    void switch_to(Task& running, Task& next);
    static std::uint64_t account(Task& running, Task& next);
    static void change_task(Task& running, Task& next);
    void heed_changed_attributes();
    void hand_over(Task& task);
    static void finish_departed();
    void settle(Task& running);
    void publish(unsigned threshold);
    void end_slice();
    void start_slice(std::uint64_t duration_ns);
    void program_timer();

    alignas(64) ReadyQueues ready_;
    unsigned slice_armed_ = 0; // 1 as long as `slice_end_ns_` is a time
    std::uint64_t slice_end_ns_ = kForever;
    std::uint64_t armed_ns_ = kForever;
    bool slice_over_ = false;
    TimerQueue timers_;
    PollPolicy poll_policy_;
};

extern PerCore<CoreScheduler> core_scheduler;

/// This core's running task.
extern PerCore<Task*> current_task;
/// The task that has just left this core's processor, dead or on its way to another core: until the
/// switch was made, its stack was in use. Else null.
extern PerCore<Task*> departed_task;

} // namespace hermit::sched
