// The firmware's tables, as the rest of the boot sequence asks for them.
#pragma once

#include <arch/firmware/firmware.hpp>

namespace hermit::init {

/// Reads the tables. Boot core, when memory is managed.
void read_firmware(const arch::firmware::Sources& sources);

/// What the tables say.
const arch::firmware::Firmware& firmware();

} // namespace hermit::init
