// The core's local APIC, xAPIC and x2APIC behind one register interface. [thesis] 3.5.5, appendix
// A.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Physical address of the memory-mapped registers; the boot sequence maps the page if
/// `apic_needs_mapping()`.
std::uint64_t apic_physical_address();
bool apic_needs_mapping();

/// Chooses the mode (x2APIC where the processor has it). `registers`: the mapped page, or null.
void select_apic_mode(void* registers);
bool apic_is_x2apic();

/// Switches this core's APIC on: timer and spurious vector, everything else masked. Once per core.
void enable_apic();

/// This core's APIC ID, from CPUID: usable before the APIC is.
std::uint32_t this_apic_id();

void end_of_interrupt();

/// Sends to one APIC ID. `command` is the low half of the interrupt command register. Earlier
/// stores are visible to the receiver first. Interrupts off. False if the APIC stays busy.
bool send_ipi(std::uint32_t apic_id, std::uint32_t command);

/// One-shot timer in TSC-deadline mode or by counting; see arch/time.hpp for nanoseconds.
void start_apic_timer(std::uint32_t count, bool divide_by_128);
std::uint32_t apic_timer_count();

} // namespace hermit::arch
