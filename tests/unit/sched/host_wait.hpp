// The host's threads in the place of tasks: what sched/wait.hpp declares, for tests of primitives.
#pragma once

#include <sched/wait.hpp>

namespace hermit::sched {

/// Nanoseconds of the clock that deadlines refer to here.
std::uint64_t host_now_ns();
/// The task that stands for the calling thread.
Task& host_task();

} // namespace hermit::sched
