// The order of locks, checked in debug builds: each core keeps the ranks of the locks that it
// holds.
#include <sync/spin_lock.hpp>

#ifdef HERMIT_DEBUG

#include <base/panic.hpp>
#include <sync/per_core.hpp>

namespace hermit::detail {
namespace {

struct HeldRanks {
    static constexpr unsigned kMost = 8;
    LockRank rank[kMost];
    unsigned count = 0;
};
HERMIT_PER_CORE PerCore<HeldRanks> held_ranks;

/// Two futex buckets are taken at once to move waiters, in the order of their addresses.
bool may_follow(LockRank rank, LockRank held) {
    return rank > held || (rank == held && rank == LockRank::kFutexBucket);
}

} // namespace

void rank_acquired(LockRank rank) {
    HeldRanks& held = held_ranks.local();
    if (held.count > 0 && !may_follow(rank, held.rank[held.count - 1])) {
        const auto last = held.rank[held.count - 1];
        held.count = 0; // the report takes locks too
        panic("Lock of rank {} taken while one of rank {} is held", static_cast<unsigned>(rank),
              static_cast<unsigned>(last));
    }
    ASSERT(held.count < HeldRanks::kMost);
    held.rank[held.count++] = rank;
}

void rank_released(LockRank rank) {
    HeldRanks& held = held_ranks.local();
    // Not always the last one taken: two buckets are released in any order.
    for (unsigned i = held.count; i-- > 0;) {
        if (held.rank[i] == rank) {
            for (--held.count; i < held.count; ++i) {
                held.rank[i] = held.rank[i + 1];
            }
            return;
        }
    }
    panic("Lock of rank {} released and not held", static_cast<unsigned>(rank));
}

} // namespace hermit::detail

#endif
