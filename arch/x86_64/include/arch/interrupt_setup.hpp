// Setting up the interrupt descriptor table; for the boot sequence only.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Fills the one table that all cores share. Boot core, once.
void initialize_interrupt_table();

/// Loads the table on this core. Per-core storage and descriptors are up.
void load_interrupt_table(std::uint64_t interrupt_stack_top);

/// The manual's name of an exception.
const char* exception_name(std::uint64_t vector);

} // namespace hermit::arch
