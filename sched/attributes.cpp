#include "attributes.hpp"

#include <sched/scheduler.hpp>
#include <sched/wait.hpp>

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::sched {
namespace {

/// Guards every task's affinity, and keeps the home core where it is while another attribute
/// changes. One for all: these are rare.
constinit SpinLock attribute_lock{LockRank::kScheduler};

/// Has a core, perhaps this one, look at its tasks' attributes. On the own core that happens as
/// soon as interrupts are on.
void request_attention(unsigned core) {
    core_scheduler.on(per_core_distance_of(core)).attention.store(true, std::memory_order_release);
    arch::send_reschedule(core);
}

} // namespace

constinit Placement placement;

void move_to_allowed_core(Task& task) {
    const SpinGuard guard{attribute_lock};
    const unsigned old_core = task.core.load(std::memory_order_relaxed);
    const unsigned core = placement.choose(task.affinity);
    ASSERT(core != kMaxCores); // set_affinity made sure, and cores do not leave
    task.core.store(core, std::memory_order_relaxed);
    task.wake_core.store(core, std::memory_order_relaxed);
    placement.remove(old_core);
}

/// Gives a task that is in no queue to a core that it may run on. The running one, which has been
/// woken before it could leave, follows after the switch: its stack and registers are in use.
void CoreScheduler::hand_over(Task& task) {
    if (&task == current_task.get()) {
        departed_task.set(&task);
        return;
    }
    remove_deadline(task);
    move_to_allowed_core(task);
    make_ready(task);
}

/// Sorts the ready queues anew where priorities have changed, and parts with tasks that have to go
/// elsewhere.
void CoreScheduler::heed_changed_attributes() {
    // Acquire pairs with the release in request_attention().
    attention.exchange(false, std::memory_order_acquire);
    Task* changed = nullptr;
    ready_.for_each([&changed](Task& task) {
        if (task.priority.load(std::memory_order_relaxed) != task.queued_priority ||
            task.wake_core.load(std::memory_order_relaxed) == kNoCore) {
            task.inbox_next = changed;
            changed = &task;
        }
    });
    while (changed != nullptr) {
        Task& task = *changed;
        changed = task.inbox_next;
        ready_.remove(task);
        enqueue(task); // or hands it over
    }
}

bool set_affinity(Task& task, const CoreSet& affinity) {
    const CoreSet allowed = affinity & placement.open_set();
    if (allowed.empty()) {
        return false;
    }
    {
        const IrqGuard irq;
        unsigned core;
        bool must_move;
        {
            const SpinGuard guard{attribute_lock};
            task.affinity = affinity;
            core = task.core.load(std::memory_order_relaxed);
            must_move = !affinity.contains(core);
            task.wake_core.store(must_move ? kNoCore : core, std::memory_order_relaxed);
        }
        if (must_move) {
            request_attention(core);
        }
    }
    // The interrupt to the own core, which moves the caller, may take a moment to arrive.
    while (task.wake_core.load(std::memory_order_relaxed) == kNoCore && &task == &current()) {
        arch::pause();
    }
    return true;
}

CoreSet affinity(Task& task) {
    const SpinGuard guard{attribute_lock};
    return task.affinity.empty() ? placement.open_set() : task.affinity;
}

void inherit_affinity(Task& task, const Task& creator) {
    const SpinGuard guard{attribute_lock};
    task.affinity = creator.affinity;
}

void set_priority(Task& task, Priority priority) {
    ASSERT(priority > kIdlePriority && priority < kPriorities);
    const IrqGuard irq;
    unsigned core;
    {
        const SpinGuard guard{attribute_lock};
        task.priority.store(priority, std::memory_order_relaxed);
        core = task.core.load(std::memory_order_relaxed);
    }
    request_attention(core);
}

} // namespace hermit::sched
