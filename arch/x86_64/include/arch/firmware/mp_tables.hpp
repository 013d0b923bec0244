// The MultiProcessor tables, which describe machines from before ACPI. Pure. [intel/mp] §4, §5.
#pragma once

#include <arch/firmware/machine.hpp>

namespace hermit::arch::firmware {

/// Searches the extended BIOS data area, the end of base memory and the BIOS for the floating
/// pointer and reads what it leads to: a configuration table, or one of the standard's default
/// configurations. These tables list one processor per package where a processor has several
/// threads. Errors: kNotFound; kInvalidArgument if a checksum or length is wrong.
Result<void> read_mp_tables(MemoryView& memory, Machine& machine);

} // namespace hermit::arch::firmware
