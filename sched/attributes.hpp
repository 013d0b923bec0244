// What may be changed of a task by anyone at any time, and the placement that depends on it.
#pragma once

#include <sched/placement.hpp>
#include <sched/task.hpp>

namespace hermit::sched {

extern Placement placement;

/// Chooses a core that the task's affinity allows as its new home and counts it there. The caller
/// is the old home core, and the task does not run.
void move_to_allowed_core(Task& task);

} // namespace hermit::sched
