#include "attributes.hpp"

#include <sched/scheduler.hpp>

#include <arch/core.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::sched {
namespace {

/// Guards every task's affinity, and keeps home core and priority together while one of them
/// changes. One for all: these are rare.
constinit SpinLock attribute_lock{LockRank::kScheduler};

} // namespace

constinit Placement placement;

unsigned move_to_allowed_core(Task& task) {
    const SpinGuard guard{attribute_lock};
    const unsigned old_core = task.core.load(std::memory_order_relaxed);
    unsigned core = placement.choose(task.affinity);
    ASSERT(core != kMaxCores); // set_affinity made sure, and cores do not leave
    task.must_move.store(false, std::memory_order_relaxed);
    task.core.store(core, std::memory_order_relaxed);
    placement.remove(old_core);
    return core;
}

bool set_affinity(Task& task, const CoreSet& affinity) {
    const CoreSet allowed = affinity & placement.open_set();
    if (allowed.empty()) {
        return false;
    }
    const IrqGuard irq;
    unsigned core;
    bool must_move;
    {
        const SpinGuard guard{attribute_lock};
        task.affinity = affinity;
        core = task.core.load(std::memory_order_relaxed);
        must_move = !affinity.contains(core);
        task.must_move.store(must_move, std::memory_order_relaxed);
    }
    // Interrupts sent to the own core arrive when they are on again: then the task moves.
    if (must_move) {
        arch::send_reschedule(core);
    }
    return true;
}

CoreSet affinity(Task& task) {
    const SpinGuard guard{attribute_lock};
    return task.affinity.empty() ? placement.open_set() : task.affinity;
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
    // The home core, perhaps this one, sorts its ready queues anew on the way out.
    core_scheduler.on(per_core_distance_of(core)).attention.store(true, std::memory_order_relaxed);
    arch::send_reschedule(core);
}

} // namespace hermit::sched
