// The firmware's tables, as the rest of the boot sequence asks for them.
#pragma once

#include <arch/firmware/affinity.hpp>
#include <arch/firmware/firmware.hpp>

namespace hermit::init {

/// Reads the tables. Boot core, when memory is managed.
void read_firmware(const arch::firmware::Sources& sources);

/// Makes the registers that end the machine reachable. After `read_firmware`.
void prepare_power_off();

/// The registers of the HPET, or null. After `read_firmware`.
volatile void* map_hpet();

/// What the SRAT says of nodes, or null if the machine has only one or no memory to keep it in.
/// After `read_firmware`; the first call reads it.
const arch::firmware::Affinity* node_affinity();

/// What the tables say.
const arch::firmware::Firmware& firmware();

} // namespace hermit::init
