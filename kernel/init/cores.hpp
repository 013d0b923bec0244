// Finding and starting all cores.
#pragma once

namespace hermit::init {

/// Starts the cores that the firmware's tables name, at most `limit` in all, and waits until each
/// accepts tasks. Boot core, in thread context. Without tables there is one core.
void start_other_cores(unsigned limit);

} // namespace hermit::init
