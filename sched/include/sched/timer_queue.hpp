// Deadlines in order: a pairing heap whose nodes live in their owners, so that nothing allocates.
#pragma once

#include <cstdint>

namespace hermit::sched {

/// No time-out.
inline constexpr std::uint64_t kForever = ~std::uint64_t{0};

/// A deadline that can be in one TimerQueue at a time.
struct TimerNode {
    std::uint64_t deadline_ns = kForever;
    TimerNode* child = nullptr;    // first of those that are not earlier
    TimerNode* next = nullptr;     // sibling
    TimerNode* previous = nullptr; // sibling before, or the parent for the first child
    bool queued = false;
};

/// Inserting and asking for the earliest deadline take constant time, removal O(log n) amortised
/// [Fredman et al., "The pairing heap", Algorithmica 1986]. Not thread safe: one core owns it.
class TimerQueue {
  public:
    /// The earliest node, or null.
    TimerNode* first() const { return root_; }
    /// The earliest deadline, or kForever.
    std::uint64_t earliest_ns() const { return root_ == nullptr ? kForever : root_->deadline_ns; }

    void insert(TimerNode& node, std::uint64_t deadline_ns);
    /// Takes out a node that is in this queue.
    void remove(TimerNode& node);

  private:
    static TimerNode* merge(TimerNode* a, TimerNode* b);
    static TimerNode* merge_siblings(TimerNode* first);

    TimerNode* root_ = nullptr;
};

} // namespace hermit::sched
