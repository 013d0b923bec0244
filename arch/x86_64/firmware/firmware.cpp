#include <arch/firmware/firmware.hpp>

#include <arch/firmware/mp_tables.hpp>
#include <base/log.hpp>

namespace hermit::arch::firmware {
namespace {

/// Calls `use` with a table; a table that is missing is fine, one that is wrong is reported.
template <class Use>
void with_table(MemoryView& memory, const AcpiRoot& root, const char* signature, Use&& use) {
    auto table = find_table(memory, root, signature);
    auto done = table ? use(*table) : Result<void>{table.error()};
    if (!done && done.error().code != Errc::kNotFound) {
        log::warning("ACPI's \"{}\" is not used: {}", signature, done.error().context);
    }
}

void read_acpi_machine(MemoryView& memory, Firmware& firmware) {
    with_table(memory, firmware.acpi, "APIC", [&](const Table& madt) -> Result<void> {
        auto done = read_madt(madt, firmware.machine);
        if (!done || firmware.machine.processor_count == 0) {
            firmware.machine = {};
            return done ? Result<void>{Error{Errc::kInvalidArgument, "MADT without processors"}}
                        : done;
        }
        firmware.source = "ACPI";
        return {};
    });
}

/// Some firmware defines the sleep states in a secondary table. [acpi/6.5] §5.2.11.2.
void find_soft_off_in_secondary_tables(MemoryView& memory, Firmware& firmware) {
    for_each_table(memory, firmware.acpi, "SSDT", [&](Result<Table> table) {
        if (table) {
            firmware.fixed.soft_off = find_soft_off(*table);
        } else {
            log::warning("ACPI's \"SSDT\" is not used: {}", table.error().context);
        }
        return firmware.fixed.soft_off.known;
    });
}

void read_acpi_hardware(MemoryView& memory, Firmware& firmware) {
    with_table(memory, firmware.acpi, "FACP", [&](const Table& fadt) -> Result<void> {
        firmware.fixed = TRY(read_fixed_hardware(fadt));
        const Table dsdt = TRY(read_table(memory, firmware.fixed.dsdt));
        firmware.fixed.soft_off = find_soft_off(dsdt);
        return {};
    });
    if (!firmware.fixed.soft_off.known) {
        find_soft_off_in_secondary_tables(memory, firmware);
    }
    with_table(memory, firmware.acpi, "HPET", [&](const Table& hpet) -> Result<void> {
        firmware.hpet = TRY(read_hpet(hpet));
        return {};
    });
    with_table(memory, firmware.acpi, "MCFG",
               [&](const Table& mcfg) { return read_mcfg(mcfg, firmware); });
}

} // namespace

Result<std::uint64_t> read_hpet(const Table& hpet) {
    if (!hpet.holds(40, 12) || hpet[40] != 0 || hpet.read<std::uint64_t>(44) == 0) {
        return Error{Errc::kInvalidArgument, "HPET table without an address in memory"};
    }
    return hpet.read<std::uint64_t>(44);
}

Result<void> read_mcfg(const Table& mcfg, Firmware& firmware) {
    constexpr std::uint32_t kFirst = kHeaderBytes + 8;
    constexpr std::uint32_t kEntryBytes = 16;
    if (mcfg.length() < kFirst) {
        return Error{Errc::kInvalidArgument, "MCFG too short"};
    }
    for (std::uint32_t at = kFirst; mcfg.holds(at, kEntryBytes); at += kEntryBytes) {
        const PciSegment segment{mcfg.read<std::uint64_t>(at), mcfg.read<std::uint16_t>(at + 8),
                                 mcfg[at + 10], mcfg[at + 11]};
        if (segment.address != 0 && segment.first_bus <= segment.last_bus &&
            firmware.pci_count < Firmware::kMaxPciSegments) {
            firmware.pci[firmware.pci_count++] = segment;
        }
    }
    return {};
}

void read_firmware(MemoryView& memory, const Sources& sources, Firmware& firmware) {
    auto root =
        sources.acpi ? find_acpi(memory, sources.rsdp) : Error{Errc::kNotFound, "not to be used"};
    if (root) {
        firmware.acpi = *root;
        read_acpi_machine(memory, firmware);
        read_acpi_hardware(memory, firmware);
    }
    if (firmware.machine.processor_count != 0) {
        return;
    }
    auto done = sources.mp_tables ? read_mp_tables(memory, firmware.machine)
                                  : Error{Errc::kNotFound, "not to be used"};
    if (done && firmware.machine.processor_count != 0) {
        firmware.source = "MultiProcessor tables";
        return;
    }
    if (!done && done.error().code != Errc::kNotFound) {
        log::warning("{}", done.error().context);
    }
    firmware.machine = {};
    log::warning("Neither ACPI nor MultiProcessor tables name the processors: one core only");
}

} // namespace hermit::arch::firmware
