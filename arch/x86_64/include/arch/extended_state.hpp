// Vector and floating-point state: switched on per core, saved whole on preemption only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::arch {

/// Switches on the processor's vector state on this core: CR0, CR4 and, where there is XSAVE, XCR0
/// with all components that the save area then has room for. Once per core.
void enable_extended_state();

/// Bytes that the save area takes: CPUID leaf 0xD's answer for what was switched on, or 512.
/// [intel/vol1] §13.4.
std::size_t extended_state_bytes();

/// Saves or restores the state. `area` is 64-byte aligned and extended_state_bytes() long.
void save_extended_state(void* area);
void restore_extended_state(const void* area);

} // namespace hermit::arch
