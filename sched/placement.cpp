#include <sched/placement.hpp>

namespace hermit::sched {

void Placement::open(unsigned core) {
    ASSERT(core < kMaxCores && !is_open(core));
    // Release pairs with the acquire in choose(): who sees the core open sees its scheduler ready.
    tasks_[core].fetch_add(kOpen, std::memory_order_release);
    unsigned limit = limit_.load(std::memory_order_relaxed);
    while (limit <= core &&
           !limit_.compare_exchange_weak(limit, core + 1, std::memory_order_acq_rel)) {
    }
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

unsigned Placement::choose(const CoreSet& allowed) {
    const bool any = allowed.empty();
    for (;;) {
        const unsigned limit = limit_.load(std::memory_order_acquire);
        unsigned core = cursor_.load(std::memory_order_relaxed);
        unsigned best = kMaxCores;
        std::uint32_t fewest = ~std::uint32_t{0};
        for (unsigned visited = 0; visited < limit; ++visited, ++core) {
            if (core >= limit) {
                core = 0;
            }
            const std::uint32_t tasks = tasks_[core].load(std::memory_order_acquire);
            if ((tasks & kOpen) != 0 && tasks < fewest && (any || allowed.contains(core))) {
                best = core;
                fewest = tasks;
            }
        }
        if (best == kMaxCores) {
            return kMaxCores;
        }
        // Claimed only if the count is still the one seen: of two that choose at once, the second
        // looks again. A failure means that somebody else got on.
        if (tasks_[best].compare_exchange_strong(fewest, fewest + 1, std::memory_order_acq_rel)) {
            cursor_.store(best + 1, std::memory_order_relaxed);
            return best;
        }
    }
}

} // namespace hermit::sched
