#include <sched/core_scheduler.hpp>

#include <sched/wait.hpp>

#include "attributes.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/time.hpp>

namespace hermit::sched {

HERMIT_PER_CORE PerCore<CoreScheduler> core_scheduler;
HERMIT_PER_CORE PerCore<Task*> current_task;

void CoreScheduler::start(unsigned this_core, Task& running) {
    core = this_core;
    idle.idle = true;
    idle.core.store(this_core, std::memory_order_relaxed);
    idle.priority.store(kIdlePriority, std::memory_order_relaxed);
    running.core.store(this_core, std::memory_order_relaxed);
    running.started_tsc = arch::read_tsc();
    current_task.set(&running);
    settle(running);
}

void CoreScheduler::idle_loop() {
    for (;;) {
        Task& next = take_next(idle);
        if (&next != &idle) {
            switch_to(idle, next);
            continue;
        }
        slice_end_ns_ = kForever;
        program_timer();
        // Announces the halt, then looks again: the exchange orders the two as seen by others. It
        // pairs with wake_remote(), which fills the inbox before it reads the threshold: either it
        // sees the announcement and sends an IPI, or the task is seen here. The IPI stays pending
        // until the halt, which enables interrupts in the same step.
        wake_threshold.exchange(0, std::memory_order_seq_cst);
        if (inbox.empty()) {
            arch::enable_and_halt();
        }
        wake_threshold.store(kNoWakeUp, std::memory_order_relaxed);
    }
}

void CoreScheduler::wake_local(Task& task) {
    enqueue(task);
    Task& running = *current_task.get();
    if (running.idle) {
        return; // an interrupt of the idle task, which will look by itself
    }
    if (task.queued_priority > running.priority.load(std::memory_order_relaxed)) {
        // Arrives as soon as interrupts are on: its way out makes the switch.
        arch::send_reschedule(core);
    } else {
        settle(running);
    }
}

void CoreScheduler::wake_remote(Task& task) {
    const unsigned target = core;
    const Priority priority = task.priority.load(std::memory_order_relaxed);
    inbox.push(task); // from here on the task may run, and be gone
    // Read after the push, in the order that idle_loop() and publish() rely on.
    if (priority >= wake_threshold.load(std::memory_order_seq_cst)) {
        arch::send_reschedule(target);
    }
}

void CoreScheduler::yield(Task& running) {
    drain();
    if (!ready.has_at_least(running.priority.load(std::memory_order_relaxed))) {
        return;
    }
    enqueue(running);
    switch_to(running, take_next(running));
}

void CoreScheduler::block(Task& running) { switch_to(running, take_next(running)); }

void CoreScheduler::exit(Task& running) {
    running.dead = true;
    departed_ = &running;
    placement.remove(core);
    Task& next = take_next(running);
    if (!ready.has(next.priority.load(std::memory_order_relaxed))) {
        end_slice(); // alone from now on, and not to be disturbed
    }
    prepare_switch(running, next);
    arch::hermit_switch_context(&running.context, &next.context);
    __builtin_unreachable(); // nobody switches back to a dead task
}

void CoreScheduler::enqueue(Task& task) {
    task.slice_start_ticks = task.run_ticks;
    ready.push_back(task);
}

void CoreScheduler::drain() {
    Task* task = inbox.take_all();
    while (task != nullptr) {
        Task* const next = task->inbox_next;
        enqueue(*task);
        task = next;
    }
}

/// The task to run next, the idle task if there is none. May be `running` itself: it yielded, or
/// was woken before it had left.
Task& CoreScheduler::take_next(Task& running) {
    for (;;) {
        drain();
        Task* const task = ready.pop();
        if (task == nullptr) {
            return idle;
        }
        if (!task->must_move.load(std::memory_order_relaxed)) [[likely]] {
            return *task;
        }
        if (task == &running) {
            departed_ = task; // its registers are still here
        } else {
            hand_over(*task);
        }
    }
}

void CoreScheduler::switch_to(Task& running, Task& next) {
    if (&next == &running) {
        settle(running);
        return;
    }
    prepare_switch(running, next);
    arch::hermit_switch_context(&running.context, &next.context);
    finish_switch();
}

void CoreScheduler::prepare_switch(Task& running, Task& next) {
    const std::uint64_t now = arch::read_tsc();
    running.run_ticks += now - running.started_tsc;
    running.started_tsc = 0;
    next.started_tsc = now;
    current_task.set(&next);
    settle(next);
}

void CoreScheduler::finish_switch() {
    // The task may have come to another core, so this core's scheduler is looked up anew.
    CoreScheduler& self = core_scheduler.local();
    if (self.departed_ != nullptr) [[unlikely]] {
        self.finish_departed();
    }
}

void CoreScheduler::finish_departed() {
    Task& task = *departed_;
    departed_ = nullptr;
    if (!task.dead) {
        hand_over(task);
    } else if (task.on_reaped != nullptr) {
        task.on_reaped(task);
    }
}

/// Gives a task that does not run to a core that it may run on.
void CoreScheduler::hand_over(Task& task) {
    remove_deadline(task);
    const unsigned target = move_to_allowed_core(task);
    if (target == core) {
        enqueue(task);
    } else {
        core_scheduler.on(per_core_distance_of(target)).wake_remote(task);
    }
}

Task* CoreScheduler::preempt(Task& running) {
    if (attention.load(std::memory_order_relaxed)) [[unlikely]] {
        attention.store(false, std::memory_order_relaxed);
        ready.requeue_changed();
    }
    const bool slice_over = slice_over_;
    slice_over_ = false;
    const Priority priority = running.priority.load(std::memory_order_relaxed);
    if (running.must_move.load(std::memory_order_relaxed)) {
        enqueue(running);
    } else if (ready.has_more_than(priority)) {
        ready.push_front(running); // its slice goes on later
    } else if (slice_over && ready.has(priority)) {
        // The timer is not set anew at every switch, so the task may have had only a part.
        const std::uint64_t slice = kSliceNs / 1'000'000 * arch::tsc_khz();
        const std::uint64_t used = running.run_ticks + (arch::read_tsc() - running.started_tsc) -
                                   running.slice_start_ticks;
        if (used < slice) {
            arm_slice((slice - used) * 1'000'000 / arch::tsc_khz());
            settle(running);
            return nullptr;
        }
        ready.push_back(running);
        running.slice_start_ticks += used;
    } else {
        settle(running);
        return nullptr;
    }
    Task& next = take_next(running);
    if (&next == &running) {
        settle(running);
        return nullptr;
    }
    prepare_switch(running, next);
    return &next;
}

/// Tells other cores when to send an IPI.
void CoreScheduler::publish(Task& running) {
    const unsigned priority = running.priority.load(std::memory_order_relaxed);
    const unsigned threshold = running.idle ? kNoWakeUp
                               // An equal has to wait for the slice's end anyway, which looks at
                               // the inbox; without a slice one has to be started for it.
                               : slice_end_ns_ != kForever ? priority + 1
                                                           : priority;
    const unsigned published = wake_threshold.load(std::memory_order_relaxed);
    if (threshold > published) {
        // Whoever still sees the lower value sends an IPI too many.
        wake_threshold.store(threshold, std::memory_order_relaxed);
    } else if (threshold < published) {
        // As before a halt: publish, then look. Pairs with wake_remote().
        wake_threshold.exchange(threshold, std::memory_order_seq_cst);
        if (!inbox.empty()) {
            arch::send_reschedule(core); // left there by one who saw the old value
        }
    }
}

} // namespace hermit::sched
