// Which core a new task goes to: the allowed one with the fewest assigned tasks.
#pragma once

#include <base/core_set.hpp>

#include <atomic>
#include <cstdint>

namespace hermit::sched {

/// The number of tasks assigned to each core. A core takes part from `open` on, not before.
/// Any core, any context, no lock. Choosing looks at one core after another until it finds one that
/// has as few tasks as any is known to have; mostly that is the first.
class Placement {
  public:
    /// Lets `core` take tasks.
    void open(unsigned core);
    unsigned open_cores() const { return open_count_.load(std::memory_order_acquire); }
    CoreSet open_set() const;

    /// Picks the open core of `affinity` (empty: of all) with the fewest tasks, ties in turn, and
    /// counts one task there. kMaxCores if there is none.
    unsigned choose(const CoreSet& affinity);
    /// Counts a task on a given core, where it already runs.
    void add(unsigned core) { tasks_[core].fetch_add(1, std::memory_order_relaxed); }
    /// A task has left the core.
    void remove(unsigned core) {
        note_count((tasks_[core].fetch_sub(1, std::memory_order_seq_cst) - 1) & ~kOpen);
    }
    unsigned tasks(unsigned core) const {
        return tasks_[core].load(std::memory_order_relaxed) & ~kOpen;
    }

  private:
    bool is_open(unsigned core) const {
        return (tasks_[core].load(std::memory_order_acquire) & kOpen) != 0;
    }
    /// A core has come to have so few tasks.
    void note_count(std::uint32_t tasks) {
        std::uint32_t least = least_.load(std::memory_order_seq_cst);
        while (tasks < least &&
               !least_.compare_exchange_weak(least, tasks, std::memory_order_seq_cst)) {
        }
    }
    void raise_least(std::uint32_t from, std::uint32_t to);

    struct Choice {
        unsigned core = kMaxCores;
        std::uint32_t count = ~std::uint32_t{0};
    };
    void search(const CoreSet* allowed, unsigned from, unsigned end, std::uint32_t least,
                Choice& best) const;

    static constexpr std::uint32_t kOpen = std::uint32_t{1} << 31;
    std::atomic<std::uint32_t> tasks_[kMaxCores] = {}; // kOpen plus the number of tasks
    std::atomic<unsigned> limit_{0};                   // above the highest open core
    std::atomic<unsigned> open_count_{0};
    std::atomic<unsigned> cursor_{0};     // where the next search begins, so that ties take turns
    std::atomic<std::uint32_t> least_{0}; // no open core has fewer tasks
};

} // namespace hermit::sched
