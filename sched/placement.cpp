#include <sched/placement.hpp>

#include <algorithm>

namespace hermit::sched {

void Placement::open(unsigned core) {
    ASSERT(core < kMaxCores && !is_open(core));
    // Release pairs with the acquire in search(): who sees the core open sees its scheduler ready.
    const std::uint32_t tasks = tasks_[core].fetch_add(kOpen, std::memory_order_seq_cst);
    unsigned limit = limit_.load(std::memory_order_relaxed);
    while (limit <= core &&
           !limit_.compare_exchange_weak(limit, core + 1, std::memory_order_acq_rel)) {
    }
    note_count(tasks);
    open_count_.fetch_add(1, std::memory_order_release);
}

CoreSet Placement::open_set() const {
    CoreSet set;
    for (unsigned core = 0; core < limit_.load(std::memory_order_acquire); ++core) {
        if (is_open(core)) {
            set.add(core);
        }
    }
    return set;
}

/// No open core was seen to have fewer than `to`. One that has come to have fewer meanwhile either
/// finds the new bound and lowers it, or is found here: both sides write before they read, and are
/// sequentially consistent.
void Placement::raise_least(std::uint32_t from, std::uint32_t to) {
    if (!least_.compare_exchange_strong(from, to, std::memory_order_seq_cst)) {
        return;
    }
    for (unsigned core = 0; core < limit_.load(std::memory_order_seq_cst); ++core) {
        const std::uint32_t tasks = tasks_[core].load(std::memory_order_seq_cst);
        if ((tasks & kOpen) != 0) {
            note_count(tasks & ~kOpen);
        }
    }
}

/// Looks from `from` up to `end` for a core of `allowed` (null: of all) with fewer tasks than
/// `best` has, and goes no further when one has no more than `least`.
void Placement::search(const CoreSet* allowed, unsigned from, unsigned end, std::uint32_t least,
                       Choice& best) const {
    for (unsigned core = from; core < end && best.count > least; ++core) {
        if (allowed != nullptr) {
            core = allowed->first_from(core, end);
            if (core >= end) {
                return;
            }
        }
        const std::uint32_t tasks = tasks_[core].load(std::memory_order_acquire);
        if ((tasks & kOpen) != 0 && (tasks & ~kOpen) < best.count) {
            best = {core, tasks & ~kOpen};
        }
    }
}

unsigned Placement::choose(const CoreSet& affinity) {
    const CoreSet* const allowed = affinity.empty() ? nullptr : &affinity;
    for (;;) {
        const unsigned limit = limit_.load(std::memory_order_acquire);
        const std::uint32_t least = least_.load(std::memory_order_relaxed);
        const unsigned cursor = cursor_.load(std::memory_order_relaxed);
        Choice best;
        search(allowed, cursor, limit, least, best);
        search(allowed, 0, std::min(cursor, limit), least, best);
        if (best.core == kMaxCores) {
            return kMaxCores;
        }
        if (best.count > least && allowed == nullptr) {
            raise_least(least, best.count);
        }
        // Claimed only if the count is still the one seen: of two that choose at once, the second
        // looks again. A failure means that somebody else got on.
        std::uint32_t seen = best.count | kOpen;
        if (tasks_[best.core].compare_exchange_strong(seen, seen + 1, std::memory_order_acq_rel)) {
            cursor_.store(best.core + 1, std::memory_order_relaxed);
            return best.core;
        }
    }
}

} // namespace hermit::sched
