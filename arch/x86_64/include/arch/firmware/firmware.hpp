// All that the firmware's tables say about the machine, read once at boot. Pure but for the log.
#pragma once

#include <arch/firmware/fixed_hardware.hpp>
#include <arch/firmware/machine.hpp>

namespace hermit::arch::firmware {

/// Memory-mapped PCI configuration space of buses first_bus … last_bus. [acpi/6.5] table 5.6, MCFG.
struct PciSegment {
    std::uint64_t address; // of bus 0, whether or not it is among them
    std::uint16_t number;
    std::uint8_t first_bus;
    std::uint8_t last_bus;
};

/// Too large for a stack.
struct Firmware {
    static constexpr unsigned kMaxPciSegments = 16;

    AcpiRoot acpi; // rsdp 0: none
    Machine machine;
    /// Where `machine` comes from, for the log.
    const char* source = "no tables";
    FixedHardware fixed;
    std::uint64_t hpet = 0; // physical address of its registers; 0: none
    PciSegment pci[kMaxPciSegments];
    unsigned pci_count = 0;
};

/// The address of the event timer's registers. Errors: kInvalidArgument. [hpet] §3.2.4.
Result<std::uint64_t> read_hpet(const Table& hpet);

/// Reads the MCFG. Errors: kInvalidArgument if it is too short.
Result<void> read_mcfg(const Table& mcfg, Firmware& firmware);

/// Which tables are read.
struct Sources {
    bool acpi = true;
    bool mp_tables = true;
    std::uint64_t rsdp = 0; // where the root pointer may be
};

/// Reads all tables but the SRAT (see affinity.hpp): ACPI, with the root pointer where told or
/// where the BIOS leaves it; processors from the MultiProcessor tables if ACPI does not tell. A
/// table that is wrong is left out, with a warning. Without any there is one processor.
void read_firmware(MemoryView& memory, const Sources& sources, Firmware& firmware);

} // namespace hermit::arch::firmware
