// Page faults, counted by each core for itself.
#pragma once

#include <mm/app_memory.hpp>

#include <sync/per_core.hpp>

namespace hermit::mm::app {

extern PerCore<FaultCounts> fault_counts;

/// Of all cores.
FaultCounts count_faults();

} // namespace hermit::mm::app
