#include <arch/firmware/machine.hpp>

namespace hermit::arch::firmware {
namespace {

constexpr std::uint32_t kFirstEntry = kHeaderBytes + 8;
constexpr std::uint32_t kEnabled = 1;
constexpr std::uint32_t kHas8259 = 1; // PCAT_COMPAT
constexpr const char* kContext = "MADT with an impossible length";

enum EntryType : std::uint8_t {
    kLocalApic = 0,
    kIoApic = 1,
    kSourceOverride = 2,
    kNmiSource = 3,
    kLocalApicNmi = 4,
    kLocalApicAddress = 5,
    kLocalX2Apic = 9,
    kX2ApicNmi = 10,
};

// Flags of an interrupt's wiring. [acpi/6.5] table 5.28. "Conforms to the bus" is, for ISA, edge
// triggered and active high.
bool is_active_low(std::uint16_t flags) { return (flags & 3) == 3; }
bool is_level_triggered(std::uint16_t flags) { return (flags >> 2 & 3) == 3; }

/// The APIC ID of the processor that ACPI calls `uid`.
std::uint32_t apic_id_of(const Table& madt, std::uint32_t uid) {
    std::uint32_t id = uid;
    static_cast<void>(
        for_each_entry(madt, kFirstEntry, kContext, [&](auto type, const Bytes& entry) {
            if (type == kLocalApic && entry.holds(0, 8) && entry[2] == uid) {
                id = entry[3];
            } else if (type == kLocalX2Apic && entry.holds(0, 16) &&
                       entry.read<std::uint32_t>(12) == uid) {
                id = entry.read<std::uint32_t>(4);
            }
        }));
    return id;
}

void read_override(const Bytes& entry, Machine& machine) {
    const std::uint8_t irq = entry[3];
    const auto flags = entry.read<std::uint16_t>(8);
    if (entry[2] == 0 && irq < Machine::kIsaInterrupts) { // of bus ISA
        machine.isa[irq] = {entry.read<std::uint32_t>(4), is_active_low(flags),
                            is_level_triggered(flags)};
    }
}

void read_nmi_pin(const Table& madt, std::uint32_t uid, std::uint32_t all, std::uint8_t pin,
                  Machine& machine) {
    machine.add_nmi_pin({uid == all ? NmiPin::kAll : apic_id_of(madt, uid), pin});
}

void read_entry(const Table& madt, std::uint8_t type, const Bytes& entry, Machine& machine) {
    const auto enabled = [&](std::uint32_t at) {
        return (entry.read<std::uint32_t>(at) & kEnabled) != 0;
    };
    if (type == kLocalApic && entry.holds(0, 8) && enabled(4)) {
        machine.add_processor(entry[3]);
    } else if (type == kLocalX2Apic && entry.holds(0, 16) && enabled(8)) {
        machine.add_processor(entry.read<std::uint32_t>(4));
    } else if (type == kIoApic && entry.holds(0, 12)) {
        machine.add_io_apic({entry.read<std::uint32_t>(4), entry.read<std::uint32_t>(8), entry[2]});
    } else if (type == kSourceOverride && entry.holds(0, 10)) {
        read_override(entry, machine);
    } else if (type == kNmiSource && entry.holds(0, 8)) {
        if (machine.nmi_input_count < Machine::kMaxNmiInputs) {
            machine.nmi_input[machine.nmi_input_count++] = entry.read<std::uint32_t>(4);
        }
    } else if (type == kLocalApicNmi && entry.holds(0, 6)) {
        read_nmi_pin(madt, entry[2], 0xFF, entry[5], machine);
    } else if (type == kX2ApicNmi && entry.holds(0, 12)) {
        read_nmi_pin(madt, entry.read<std::uint32_t>(4), ~0u, entry[8], machine);
    } else if (type == kLocalApicAddress && entry.holds(0, 12)) {
        machine.local_apic_address = entry.read<std::uint64_t>(4);
    }
}

} // namespace

Result<void> read_madt(const Table& madt, Machine& machine) {
    if (!madt.holds(0, kFirstEntry)) {
        return Error{Errc::kInvalidArgument, kContext};
    }
    machine.local_apic_address = madt.read<std::uint32_t>(kHeaderBytes);
    machine.has_8259 = (madt.read<std::uint32_t>(kHeaderBytes + 4) & kHas8259) != 0;
    return for_each_entry(madt, kFirstEntry, kContext, [&](auto type, const Bytes& entry) {
        read_entry(madt, type, entry, machine);
    });
}

} // namespace hermit::arch::firmware
