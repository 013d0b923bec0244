// Stopping all cores but one, when the system ends.
#pragma once

namespace hermit::init {

/// Stops the other cores, wherever they are, and takes over the console; waits a moment for those
/// that are slow. Whoever comes second is stopped too. From here on nothing may take a lock.
void stop_other_cores();

/// Stops this core if another one has asked. Called for non-maskable interrupts.
void stop_if_ending();

} // namespace hermit::init
