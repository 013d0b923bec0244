// The machine's configuration space: memory-mapped where the firmware's tables say so, by ports
// everywhere else.
#pragma once

#include <arch/firmware/firmware.hpp>
#include <pci/configuration.hpp>

namespace hermit::pci {

/// Chooses the way by what the firmware's tables say. Boot core, once, when memory is managed.
void initialize(const arch::firmware::Firmware& firmware);

/// Registers are read and written one at a time, by any core. Any context but NMI; the first use of
/// a bus maps its registers.
ConfigurationSpace& configuration();

/// Logs every device, as in [thesis] appendix B. Thread or boot context.
void report();

} // namespace hermit::pci
