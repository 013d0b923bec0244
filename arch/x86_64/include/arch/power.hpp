// The end of the machine's work.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Ends the machine: QEMU's exit device at `exit_port` (0: none), else halts this core for good.
/// Interrupts are turned off. Output must be flushed before.
[[noreturn]] void power_off(std::uint16_t exit_port);

} // namespace hermit::arch
