// Setting up the interrupt descriptor table; for the boot sequence only.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Fills the one table that all cores share. Boot core, once.
void initialize_interrupt_table();

/// Loads the table on this core. Per-core storage and descriptors are up.
void load_interrupt_table(std::uint64_t interrupt_stack_top);

/// Interrupts that nobody meant, counted since boot on all cores.
struct StrayInterrupts {
    unsigned local_apic; // spurious vector
    unsigned pic;        // the masked 8259s'
    unsigned unexpected; // vectors without a handler
};
StrayInterrupts stray_interrupts();

/// Ends this core's part in a run: see arch::stop_other_cores(). On the interrupt stack.
[[noreturn]] void stop_here();

/// The manual's name of an exception.
const char* exception_name(std::uint64_t vector);

} // namespace hermit::arch
