#include "claims.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/time.hpp>
#include <base/core_set.hpp>
#include <sync/per_core.hpp>

namespace hermit::mm::app {
namespace {

static_assert(arch::PageTableEntry::kMostClaimants >= kMaxCores);

/// A claim of another core that this core waits for, and since when.
struct Waiting {
    std::uint64_t claim = 0;
    std::uint64_t since_ns = 0;
};
HERMIT_PER_CORE PerCore<Waiting> waiting;

/// Long enough to clear 2 MiB on the slowest machine, unless the claimant does not run.
constexpr std::uint64_t kPatienceNs = 20'000'000;

} // namespace

bool may_overtake(arch::PageTableEntry claim) {
    const unsigned self = arch::this_core();
    if (claim.claimant() == self) {
        return true;
    }
    Waiting& wait = waiting.local();
    const std::uint64_t now = arch::now_ns();
    if (wait.claim != claim.value()) {
        wait = {claim.value(), now};
    }
    return now - wait.since_ns > kPatienceNs;
}

void wait_a_moment() {
    for (unsigned i = 0; i < 100; ++i) {
        arch::pause();
    }
}

} // namespace hermit::mm::app
