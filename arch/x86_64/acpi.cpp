#include <arch/acpi.hpp>

namespace hermit::arch::acpi {
namespace {

template <class T>
T read(const std::uint8_t* bytes) {
    T value;
    __builtin_memcpy(&value, bytes, sizeof(value));
    return value;
}

bool sums_to_zero(const std::uint8_t* bytes, std::size_t length) {
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < length; ++i) {
        sum = static_cast<std::uint8_t>(sum + bytes[i]);
    }
    return sum == 0;
}

constexpr std::size_t kRsdpBytes = 20; // of revision 0; the checksum covers these

bool is_rsdp(MemoryView& memory, std::uint64_t address) {
    const std::uint8_t* const bytes = memory.at(address, kRsdpBytes);
    return bytes != nullptr && __builtin_memcmp(bytes, "RSD PTR ", 8) == 0 &&
           sums_to_zero(bytes, kRsdpBytes);
}

Result<std::uint64_t> search(MemoryView& memory, std::uint64_t first, std::uint64_t last) {
    for (std::uint64_t address = first; address < last; address += 16) {
        if (is_rsdp(memory, address)) {
            return address;
        }
    }
    return Error{Errc::kNotFound, "ACPI root pointer"};
}

constexpr std::uint32_t kMaxTableBytes = 16 << 20; // larger is a lie

Result<Table> read_table(MemoryView& memory, std::uint64_t address) {
    const std::uint8_t* const header = memory.at(address, kHeaderBytes);
    if (header == nullptr) {
        return Error{Errc::kInvalidArgument, "ACPI table outside memory"};
    }
    const auto length = read<std::uint32_t>(header + 4);
    if (length < kHeaderBytes || length > kMaxTableBytes) {
        return Error{Errc::kInvalidArgument, "ACPI table with an impossible length"};
    }
    const std::uint8_t* const bytes = memory.at(address, length);
    if (bytes == nullptr) {
        return Error{Errc::kInvalidArgument, "ACPI table reaches beyond memory"};
    }
    if (!sums_to_zero(bytes, length)) {
        return Error{Errc::kInvalidArgument, "ACPI table with a wrong checksum"};
    }
    return Table{bytes, length};
}

} // namespace

Result<std::uint64_t> find_rsdp(MemoryView& memory, std::uint64_t hint) {
    if (hint != 0 && is_rsdp(memory, hint)) {
        return hint;
    }
    if (const std::uint8_t* const pointer = memory.at(0x40E, 2); pointer != nullptr) {
        const std::uint64_t area = std::uint64_t{read<std::uint16_t>(pointer)} << 4;
        if (area >= 0x80000 && area < 0xA0000) {
            if (auto found = search(memory, area, area + 1024)) {
                return found;
            }
        }
    }
    return search(memory, 0xE0000, 0x100000);
}

Result<Table> find_table(MemoryView& memory, std::uint64_t rsdp, const char* signature) {
    const std::uint8_t* const root = memory.at(rsdp, kRsdpBytes);
    if (root == nullptr) {
        return Error{Errc::kNotFound, "ACPI root pointer"};
    }
    std::uint64_t address = read<std::uint32_t>(root + 16);
    std::uint32_t entry_bytes = 4;
    if (root[15] >= 2) { // revision: the XSDT's address follows
        if (const std::uint8_t* const extended = memory.at(rsdp, 36); extended != nullptr) {
            if (const auto xsdt = read<std::uint64_t>(extended + 24); xsdt != 0) {
                address = xsdt;
                entry_bytes = 8;
            }
        }
    }
    const Table list = TRY(read_table(memory, address));
    for (std::uint32_t at = kHeaderBytes; at + entry_bytes <= list.length; at += entry_bytes) {
        const std::uint64_t entry = entry_bytes == 8 ? read<std::uint64_t>(list.bytes + at)
                                                     : read<std::uint32_t>(list.bytes + at);
        const std::uint8_t* const header = memory.at(entry, kHeaderBytes);
        if (header != nullptr && __builtin_memcmp(header, signature, 4) == 0) {
            return read_table(memory, entry);
        }
    }
    return Error{Errc::kNotFound, "ACPI table"};
}

Result<void> read_processors(const Table& madt, Processors& processors) {
    constexpr std::uint32_t kFirstEntry = kHeaderBytes + 8;
    constexpr std::uint8_t kLocalApic = 0;
    constexpr std::uint8_t kLocalApicAddress = 5;
    constexpr std::uint8_t kLocalX2Apic = 9;
    constexpr std::uint32_t kEnabled = 1;

    if (madt.length < kFirstEntry) {
        return Error{Errc::kInvalidArgument, "MADT shorter than its header"};
    }
    processors.local_apic_address = read<std::uint32_t>(madt.bytes + kHeaderBytes);
    const auto add = [&](std::uint32_t id) {
        for (unsigned i = 0; i < processors.count; ++i) {
            if (processors.apic_id[i] == id) {
                return;
            }
        }
        if (processors.count == Processors::kMax) {
            ++processors.left_out;
            return;
        }
        processors.apic_id[processors.count++] = id;
    };
    for (std::uint32_t at = kFirstEntry; at + 2 <= madt.length;) {
        const std::uint8_t* const entry = madt.bytes + at;
        const std::uint8_t length = entry[1];
        if (length < 2 || length > madt.length - at) {
            return Error{Errc::kInvalidArgument, "MADT entry with an impossible length"};
        }
        if (entry[0] == kLocalApic && length >= 8) {
            if ((read<std::uint32_t>(entry + 4) & kEnabled) != 0) {
                add(entry[3]);
            }
        } else if (entry[0] == kLocalX2Apic && length >= 16) {
            if ((read<std::uint32_t>(entry + 8) & kEnabled) != 0) {
                add(read<std::uint32_t>(entry + 4));
            }
        } else if (entry[0] == kLocalApicAddress && length >= 12) {
            processors.local_apic_address = read<std::uint64_t>(entry + 4);
        }
        at += length;
    }
    return {};
}

} // namespace hermit::arch::acpi
