#include <arch/firmware/mp_tables.hpp>

namespace hermit::arch::firmware {
namespace {

constexpr std::uint32_t kPointerBytes = 16;
constexpr std::uint32_t kMpHeaderBytes = 44;
constexpr std::uint32_t kProcessorBytes = 20;
constexpr std::uint32_t kOtherBytes = 8;
constexpr std::uint32_t kDefaultLocalApic = 0xFEE0'0000;
constexpr std::uint32_t kDefaultIoApic = 0xFEC0'0000;
constexpr std::uint8_t kUsable = 1;  // of processors and I/O APICs
constexpr std::uint8_t kImcr = 0x80; // feature byte 2: interrupts first pass the 8259s
constexpr std::uint64_t kBaseMemoryEnd = 0xA0000;
constexpr unsigned kMaxBuses = 256;
/// The tables do not say how many inputs an I/O APIC has; this is what nearly all have.
constexpr std::uint32_t kIoApicInputs = 24;

enum EntryType : std::uint8_t { kProcessor, kBus, kIoApic, kIoInterrupt, kLocalInterrupt };
enum InterruptType : std::uint8_t { kVectored = 0, kNmi = 1 };

Result<Bytes> search(MemoryView& memory, std::uint64_t first, std::uint64_t end) {
    for (std::uint64_t address = first; address < end; address += 16) {
        const Bytes found = bytes_at(memory, address, kPointerBytes);
        if (found.starts_with("_MP_", 4) && found[8] == 1 && found.sums_to_zero()) {
            return found;
        }
    }
    return Error{Errc::kNotFound, "MultiProcessor tables"};
}

Result<Bytes> find_pointer(MemoryView& memory) {
    if (const std::uint64_t area = extended_bios_area(memory); area != 0) {
        if (auto found = search(memory, area, area + 1024)) {
            return found;
        }
    }
    // The last kilobyte of base memory, as far as the BIOS tells, and where it is if it does not.
    std::uint64_t end = kBaseMemoryEnd;
    if (const Bytes kibibytes = bytes_at(memory, 0x413, 2); kibibytes.length() != 0) {
        const std::uint64_t told = std::uint64_t{kibibytes.read<std::uint16_t>(0)} * 1024;
        end = told > 0x80000 && told < kBaseMemoryEnd ? told : end;
    }
    for (const std::uint64_t last : {end, kBaseMemoryEnd}) {
        if (auto found = search(memory, last - 1024, last)) {
            return found;
        }
    }
    return search(memory, 0xF0000, 0x100000);
}

/// Two processors, and a timer at the I/O APIC's input 2. [intel/mp] §5.
void use_default_configuration(std::uint8_t number, Machine& machine) {
    constexpr std::uint8_t kTimerNotConnected = 2;
    machine.local_apic_address = kDefaultLocalApic;
    machine.add_processor(0);
    machine.add_processor(1);
    machine.add_io_apic({kDefaultIoApic, 0, 2});
    if (number != kTimerNotConnected) {
        machine.isa[0].global_interrupt = 2;
    }
}

/// Reads one configuration table.
class Configuration {
  public:
    Configuration(const Table& table, Machine& machine) : table_{table}, machine_{machine} {}

    Result<void> read() {
        machine_.local_apic_address = table_.read<std::uint32_t>(36);
        // The header tells the number of entries as well; there are BIOSes that leave it 0.
        std::uint32_t at = kMpHeaderBytes;
        while (at < table_.length()) {
            const std::uint32_t bytes = table_[at] == kProcessor ? kProcessorBytes : kOtherBytes;
            if (!table_.holds(at, bytes) || table_[at] > kLocalInterrupt) {
                return Error{Errc::kInvalidArgument, "MultiProcessor table with a wrong entry"};
            }
            read_entry(table_.part(at, bytes));
            at += bytes;
        }
        return {};
    }

  private:
    void read_entry(const Bytes& entry) {
        switch (entry[0]) {
        case kProcessor:
            if ((entry[3] & kUsable) != 0) {
                machine_.add_processor(entry[1]);
            }
            break;
        case kBus:
            is_isa_[entry[1]] = entry.part(2, 6).starts_with("ISA   ", 6) ||
                                entry.part(2, 6).starts_with("EISA  ", 6);
            break;
        case kIoApic:
            if ((entry[3] & kUsable) != 0) {
                machine_.add_io_apic({entry.read<std::uint32_t>(4),
                                      machine_.io_apic_count * kIoApicInputs, entry[1]});
            }
            break;
        case kIoInterrupt:
            read_io_interrupt(entry);
            break;
        case kLocalInterrupt:
            if (entry[1] == kNmi) {
                const std::uint32_t id = entry[6] == 0xFF ? NmiPin::kAll : entry[6];
                machine_.add_nmi_pin({id, entry[7]});
            }
            break;
        default:
            break;
        }
    }

    void read_io_interrupt(const Bytes& entry) {
        const std::uint8_t irq = entry[5];
        if (entry[1] != kVectored || !is_isa_[entry[4]] || irq >= Machine::kIsaInterrupts) {
            return;
        }
        const auto flags = entry.read<std::uint16_t>(2);
        for (unsigned i = 0; i < machine_.io_apic_count; ++i) {
            if (machine_.io_apic[i].id == entry[6]) {
                machine_.isa[irq] = {machine_.io_apic[i].first_interrupt + entry[7],
                                     (flags & 3) == 3, (flags >> 2 & 3) == 3};
            }
        }
    }

    const Table& table_;
    Machine& machine_;
    bool is_isa_[kMaxBuses] = {};
};

} // namespace

Result<void> read_mp_tables(MemoryView& memory, Machine& machine) {
    const Bytes pointer = TRY(find_pointer(memory));
    machine.has_imcr = (pointer[12] & kImcr) != 0;
    if (const std::uint8_t number = pointer[11]; number != 0) {
        use_default_configuration(number, machine);
        return {};
    }
    const auto address = pointer.read<std::uint32_t>(4);
    const Bytes header = bytes_at(memory, address, kMpHeaderBytes);
    if (address == 0 || !header.starts_with("PCMP", 4)) {
        return Error{Errc::kInvalidArgument, "MultiProcessor table outside memory"};
    }
    const auto length = header.read<std::uint16_t>(4);
    const Table table = bytes_at(memory, address, length);
    if (length < kMpHeaderBytes || table.length() == 0) {
        return Error{Errc::kInvalidArgument, "MultiProcessor table with an impossible length"};
    }
    if (!table.sums_to_zero()) {
        return Error{Errc::kInvalidArgument, "MultiProcessor table with a wrong checksum"};
    }
    return Configuration{table, machine}.read();
}

} // namespace hermit::arch::firmware
