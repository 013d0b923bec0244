// Which core a new task goes to: the allowed one with the fewest assigned tasks.
#pragma once

#include <base/core_set.hpp>

#include <atomic>
#include <cstdint>

namespace hermit::sched {

/// The number of tasks assigned to each core. A core takes part from `open` on, not before.
/// Any core, any context, no lock; choosing visits every core, so it is for spawning and moving.
class Placement {
  public:
    /// Lets `core` take tasks.
    void open(unsigned core);
    unsigned open_cores() const { return open_count_.load(std::memory_order_acquire); }
    CoreSet open_set() const;

    /// Picks the open core of `allowed` (empty: of all) with the fewest tasks, ties in turn, and
    /// counts one task there. kMaxCores if there is none.
    unsigned choose(const CoreSet& allowed);
    /// Counts a task on a given core, where it already runs.
    void add(unsigned core) { tasks_[core].fetch_add(1, std::memory_order_relaxed); }
    /// A task has left the core.
    void remove(unsigned core) { tasks_[core].fetch_sub(1, std::memory_order_relaxed); }
    unsigned tasks(unsigned core) const {
        return tasks_[core].load(std::memory_order_relaxed) & ~kOpen;
    }

  private:
    bool is_open(unsigned core) const {
        return (tasks_[core].load(std::memory_order_acquire) & kOpen) != 0;
    }

    static constexpr std::uint32_t kOpen = std::uint32_t{1} << 31;
    std::atomic<std::uint32_t> tasks_[kMaxCores] = {}; // kOpen plus the number of tasks
    std::atomic<unsigned> limit_{0};                   // above the highest open core
    std::atomic<unsigned> open_count_{0};
    std::atomic<unsigned> cursor_{0}; // where the next search begins, so that ties take turns
};

} // namespace hermit::sched
