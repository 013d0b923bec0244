#include <sched/core_scheduler.hpp>

#include "attributes.hpp"
#include "rest.hpp"

#include <sched/wait.hpp>

#include <arch/ledger.hpp>
#include <arch/time.hpp>
#include <mm/memory.hpp>

namespace hermit::sched {

HERMIT_PER_CORE PerCore<CoreScheduler> core_scheduler;
HERMIT_PER_CORE PerCore<Task*> current_task;
HERMIT_PER_CORE PerCore<Task*> departed_task;

// --- Changing tasks ------------------------------------------------------------------------------

/// Moves the tasks that other cores have left in the inbox to the ready queues.
inline void CoreScheduler::drain() {
    if (!inbox.empty()) [[unlikely]] {
        drain_inbox();
    }
}

// The rare paths are kept out of line, so that the frequent ones save no registers for them.
[[gnu::noinline]] void CoreScheduler::drain_inbox() {
    Task* task = inbox.take_all();
    while (task != nullptr) {
        Task* const next = task->inbox_next;
        enqueue(*task);
        task = next;
    }
}

inline Task& CoreScheduler::next_task() {
    Task* const task = ready_.first();
    return task == nullptr ? idle : *task;
}

/// Brings time slice and wake threshold in line with the task that runs from now on.
inline void CoreScheduler::settle(Task& running) {
    if (slice_armed_ == 0 && has_equal(running)) [[unlikely]] {
        start_slice(kSliceNs);
    }
    // An equal has to wait for the end of the slice anyway, when the inbox is looked at; without a
    // slice, one has to be started for it.
    const unsigned threshold = running.queued_priority + slice_armed_;
    if (threshold != wake_threshold.load(std::memory_order_relaxed)) [[unlikely]] {
        publish(threshold);
    }
}

/// Tells other cores when to send an IPI.
[[gnu::noinline]] void CoreScheduler::publish(unsigned threshold) {
    if (threshold > wake_threshold.load(std::memory_order_relaxed)) {
        // Whoever still sees the lower value sends an IPI too many.
        wake_threshold.store(threshold, std::memory_order_relaxed);
        return;
    }
    // As before a halt: publish, then look. Pairs with wake_remote().
    wake_threshold.exchange(threshold, std::memory_order_seq_cst);
    if (!inbox.empty()) {
        arch::send_reschedule(core); // left there by one who saw the old value
    }
}

/// Switches for as long as others are to run. `next` may be `running` itself: it was woken before
/// it had left.
inline void CoreScheduler::switch_to(Task& running, Task& next) {
    settle(next);
    if (&next == &running) {
        return;
    }
    change_task(running, next);
}

void CoreScheduler::finish_departed() {
    Task& task = *departed_task.get();
    departed_task.set(nullptr);
    if (!task.dead) {
        core_scheduler.local().hand_over(task);
    } else if (task.on_reaped != nullptr) {
        task.on_reaped(task);
    }
}

/// `yield` when others may have left tasks here.
[[gnu::noinline]] void CoreScheduler::drain_and_yield() {
    core_scheduler.local().drain_inbox();
    yield_to_next();
}

inline void CoreScheduler::yield_to_next() {
    CoreScheduler& self = core_scheduler.local();
    Task& running = *current_task.get();
    // What is more important does not wait for this: its interrupt is under way.
    Task& next = self.ready_.step_behind(running);
    if (&next != &running) [[likely]] {
        running.slice_start_ticks = account(running, next);
        arch::hermit_switch_context(&running.context, &next.context);
        finish_switch();
    }
    arch::enable_interrupts();
}

void CoreScheduler::yield() {
    arch::disable_interrupts(); // they were on: this is thread context
    if (core_scheduler.local().inbox.empty()) [[likely]] {
        yield_to_next();
    } else {
        drain_and_yield();
    }
}

void CoreScheduler::block_after_decisions(Task& running) {
    // Out of the queues before the inbox is looked at: it may be in there already.
    ready_.remove(running);
    drain();
    switch_to(running, next_task());
}

void CoreScheduler::block_until(Task& running, std::uint64_t deadline_ns) {
    timers_.insert(running.timer, deadline_ns);
    // One that waits for a time may be away for long. Its only equal is alone until then and not to
    // be disturbed by the end of a slice. (Where tasks wait for each other, a slice is not taken
    // back at every switch: it would be armed anew at the next.)
    if (running.ready_next->ready_next == &running) {
        slice_armed_ = 0;
        slice_end_ns_ = kForever;
    }
    program_timer();
    block_after_decisions(running);
}

void CoreScheduler::exit(Task& running) {
    running.dead = true;
    departed_task.set(&running);
    ready_.remove(running);
    placement.remove(core);
    drain();
    Task& next = next_task();
    if (!has_equal(next)) {
        end_slice(); // alone from now on, and not to be disturbed
    }
    settle(next);
    account(running, next);
    arch::hermit_switch_context(&running.context, &next.context);
    __builtin_unreachable(); // nobody switches back to a dead task
}

Task* CoreScheduler::preempt(Task& running) {
    drain();
    if (attention.load(std::memory_order_relaxed)) [[unlikely]] {
        heed_changed_attributes();
    }
    const bool slice_over = slice_over_;
    slice_over_ = false;
    Task* next = &next_task();
    if (departed_task.get() == nullptr && next->queued_priority <= running.queued_priority) {
        next = &running; // stays first of its equals, if nothing else follows
        if (slice_over && has_equal(running) &&
            running.takes_turns.load(std::memory_order_relaxed)) {
            const std::uint64_t slice = kSliceNs / 1'000'000 * arch::tsc_khz();
            const std::uint64_t used = running.run_ticks +
                                       (arch::read_tsc() - running.started_tsc) -
                                       running.slice_start_ticks;
            if (used >= slice) {
                next = &ready_.step_behind(running);
                running.slice_start_ticks += used;
            } else {
                // The timer is not set anew at every switch: this one's slice began later.
                start_slice((slice - used) * 1'000'000 / arch::tsc_khz());
            }
        }
    }
    settle(*next);
    if (next == &running) {
        return nullptr;
    }
    account(running, *next);
    return next;
}

// --- Starting and idling -------------------------------------------------------------------------

void CoreScheduler::start(unsigned this_core, Task& running) {
    core = this_core;
    idle.idle = true;
    idle.ready_next = &idle; // without equals; it is in no queue
    idle.priority.store(kIdlePriority, std::memory_order_relaxed);
    idle.queued_priority = kNoWakeUp; // nobody has to interrupt it, until it halts
    idle.core.store(this_core, std::memory_order_relaxed);
    running.core.store(this_core, std::memory_order_relaxed);
    running.wake_core.store(this_core, std::memory_order_relaxed);
    running.started_tsc = arch::read_tsc();
    rests.local().core_started_tsc = running.started_tsc;
    current_task.set(&running);
    if (!running.idle) {
        ready_.add(running);
    }
    settle(running);
}

void CoreScheduler::idle_loop() {
    for (;;) {
        drain();
        if (ready_.first() != nullptr) {
            switch_to(idle, next_task());
            continue;
        }
        end_slice();
        if (poll_policy_.is_worth_it() && poll()) {
            continue;
        }
        // Announces the halt, then looks again: the exchange orders the two as seen by others. It
        // pairs with wake_remote(), which fills the inbox before it reads the threshold: either it
        // sees the announcement and sends an IPI, or the task is seen here. The IPI stays pending
        // until the halt, which enables interrupts in the same step.
        wake_threshold.exchange(0, std::memory_order_seq_cst);
        mm::begin_halt();
        if (inbox.empty()) {
            if (arch::is_measuring) [[unlikely]] {
                measured_halt();
            } else {
                arch::enable_and_halt();
            }
            judge_halt();
        }
        mm::end_halt();
        wake_threshold.store(kNoWakeUp, std::memory_order_relaxed);
    }
}

// --- Waking and other cores ----------------------------------------------------------------------

/// A task has become ready that may be more important than the running one, or its first equal.
void CoreScheduler::compete(Priority priority) {
    Task& running = *current_task.get();
    if (priority > running.queued_priority) {
        // Arrives as soon as interrupts are on: its way out makes the switch.
        arch::send_reschedule(core);
    } else {
        settle(running);
    }
}

void CoreScheduler::wake_elsewhere(Task& task) {
    const unsigned home = task.core.load(std::memory_order_relaxed);
    if (home == arch::this_core()) {
        core_scheduler.local().hand_over(task);
    } else {
        core_scheduler.on(per_core_distance_of(home)).wake_remote(task);
    }
}

void CoreScheduler::wake_remote(Task& task) {
    const unsigned target = task.core.load(std::memory_order_relaxed);
    const Priority priority = task.priority.load(std::memory_order_relaxed);
    inbox.push(task); // from here on the task may run, and be gone
    // Read after the push, in the order that idle_loop() and publish() rely on.
    if (priority >= wake_threshold.load(std::memory_order_seq_cst)) {
        woken_tsc.store(arch::read_tsc(), std::memory_order_relaxed); // a hint for judge_halt()
        arch::send_reschedule(target);
    }
}

// --- What wait.hpp declares ----------------------------------------------------------------------

WakeReason block(Task& task, std::uint64_t deadline_ns) {
    if (deadline_ns == kForever) {
        return block(task);
    }
    core_scheduler.local().block_until(task, deadline_ns);
    core_scheduler.local().remove_deadline(task); // on the way to another core it was removed
    return reason_of(task.wait_state.load(std::memory_order_relaxed));
}

} // namespace hermit::sched
