// Waiting for whoever has claimed a large page, and not for ever.
#pragma once

#include <arch/paging.hpp>

namespace hermit::mm::app {

/// Whether this core may clear the page itself, though a claim is there: the claimant does not run
/// as long as this core goes on, or has not been seen to finish for too long. Interrupts off.
bool may_overtake(arch::PageTableEntry claim);

/// Waits a moment for another core that is clearing a page. No lock held.
void wait_a_moment();

} // namespace hermit::mm::app
