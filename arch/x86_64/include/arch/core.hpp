// The cores that belong to this kernel, by dense index; APIC IDs stay inside arch.
#pragma once

#include <sync/per_core.hpp>

namespace hermit::arch {

/// This core's index.
extern PerCore<unsigned> this_core_index;
inline unsigned this_core() { return this_core_index.get(); }

/// Number of cores that run this kernel. Constant from the end of boot on; 1 before.
unsigned core_count();

/// Asks another core to look at its scheduler's inbox. Makes earlier stores visible first (x2APIC
/// writes are not serialising). Any context, interrupts off.
void send_reschedule(unsigned core);

/// Asks another core to call `on_flush_interrupt`. Same rules as `send_reschedule`.
void send_flush(unsigned core);

/// Interrupts another core whatever it does, so that it stops while this one reports a crash.
/// Same rules as `send_reschedule`.
void send_stop(unsigned core);

/// Asks another core to halt for good as soon as it has interrupts on. Same rules as
/// `send_reschedule`.
void send_halt(unsigned core);

} // namespace hermit::arch
