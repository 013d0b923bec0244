// Stopping all cores but one, when the system ends or a crash is reported.
#pragma once

#include <arch/interrupts.hpp>

#include <cstdint>

namespace hermit::init {

/// Makes this core the one that ends the system, and takes over the console. Whoever comes second
/// stays here. From here on nothing may take a lock.
void claim_end();

/// Interrupts every other core that has started, wherever it is, and waits until it has stopped,
/// for `patience_ms` at most all in all. `claim_end` comes first.
void stop_other_cores(std::uint64_t patience_ms);

/// Whether this core has claimed the end. Interrupts off.
bool is_ending_here();

/// Stops this core if another one has asked; `frame` says where it was. Called for non-maskable
/// interrupts.
void stop_if_ending(const arch::InterruptFrame& frame);

/// Where a core was stopped, or null if it has not answered. Valid for good, as it is halted.
const arch::InterruptFrame* where_stopped(unsigned core);

} // namespace hermit::init
