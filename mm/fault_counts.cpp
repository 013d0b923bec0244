#include "fault_counts.hpp"

#include <arch/core.hpp>

namespace hermit::mm::app {

HERMIT_PER_CORE PerCore<FaultCounts> fault_counts;

FaultCounts fault_counts_of(unsigned core) { return fault_counts.on(per_core_distance_of(core)); }

FaultCounts count_faults() {
    FaultCounts sum;
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        const FaultCounts counts = fault_counts_of(core);
        sum.small += counts.small;
        sum.large += counts.large;
        sum.huge += counts.huge;
        sum.ahead_small += counts.ahead_small;
        sum.ahead_large += counts.ahead_large;
    }
    return sum;
}

} // namespace hermit::mm::app
