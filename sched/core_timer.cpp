// Deadlines and time slices of one core. Its timer is armed for the nearer of the two only, and not
// at all while nothing waits. [thesis] 2.1.4.
#include <sched/core_scheduler.hpp>
#include <sched/ledger.hpp>
#include <sched/wait.hpp>

#include <arch/time.hpp>

#include <cstddef>

namespace hermit::sched {
namespace {

Task& task_of(TimerNode& node) {
    return *reinterpret_cast<Task*>(reinterpret_cast<std::uintptr_t>(&node) -
                                    offsetof(Task, timer));
}

} // namespace

void CoreScheduler::remove_deadline(Task& task) {
    if (task.timer.queued) {
        timers_.remove(task.timer);
        program_timer();
    }
}

void CoreScheduler::timer_expired() {
    armed_ns_ = kForever;
    const std::uint64_t now = arch::now_ns();
    TimerCause cause = TimerCause::kNothing;
    while (timers_.earliest_ns() <= now) {
        Task& task = task_of(*timers_.first());
        timers_.remove(task.timer);
        cause = TimerCause::kDeadline;
        if (claim(task, WakeReason::kTimedOut)) {
            inbox.push(task); // looked at on the way out of the interrupt
        }
    }
    if (slice_end_ns_ <= now) {
        slice_armed_ = 0;
        slice_end_ns_ = kForever;
        slice_over_ = true;
        cause = cause == TimerCause::kNothing ? TimerCause::kSlice : cause;
    }
    timer_counts.count(cause);
    program_timer();
}

void CoreScheduler::start_slice(std::uint64_t duration_ns) {
    // Not taken back when the last equal waits for another task: two tasks that wake each other
    // would write the timer at every switch. It costs at most one interrupt after they have parted.
    slice_armed_ = 1;
    slice_end_ns_ = arch::now_ns() + duration_ns;
    program_timer();
}

void CoreScheduler::end_slice() {
    slice_armed_ = 0;
    slice_end_ns_ = kForever;
    program_timer();
}

void CoreScheduler::program_timer() {
    const std::uint64_t deadline = timers_.earliest_ns();
    const std::uint64_t wanted = deadline < slice_end_ns_ ? deadline : slice_end_ns_;
    if (wanted == armed_ns_) {
        return;
    }
    armed_ns_ = wanted;
    if (wanted == kForever) {
        arch::disarm_timer();
    } else {
        arch::arm_timer(wanted);
    }
}

} // namespace hermit::sched
