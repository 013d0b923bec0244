#include <arch/firmware/acpi.hpp>

namespace hermit::arch::firmware {
namespace {

constexpr std::uint32_t kRsdpBytes = 20;           // of revision 0; the first checksum covers these
constexpr std::uint32_t kExtendedRsdpBytes = 36;   // from revision 2 on
constexpr std::uint32_t kMaxTableBytes = 16 << 20; // larger is a lie

bool is_rsdp(MemoryView& memory, std::uint64_t address) {
    const Bytes found = bytes_at(memory, address, kRsdpBytes);
    return found.starts_with("RSD PTR ", 8) && found.sums_to_zero();
}

AcpiRoot read_rsdp(MemoryView& memory, std::uint64_t address) {
    const Bytes basic = bytes_at(memory, address, kRsdpBytes);
    AcpiRoot root{.rsdp = address, .rsdt = basic.read<std::uint32_t>(16)};
    const Bytes extended = bytes_at(memory, address, kExtendedRsdpBytes);
    if (basic[15] >= 2 && extended.length() != 0 && extended.sums_to_zero()) {
        root.xsdt = extended.read<std::uint64_t>(24);
    }
    return root;
}

Result<AcpiRoot> search(MemoryView& memory, std::uint64_t first, std::uint64_t end) {
    for (std::uint64_t address = first; address < end; address += 16) {
        if (is_rsdp(memory, address)) {
            return read_rsdp(memory, address);
        }
    }
    return Error{Errc::kNotFound, "ACPI root pointer"};
}

/// Looks through the list at `address` of table addresses with `entry_bytes` each.
Result<Table> find_in_list(MemoryView& memory, std::uint64_t address, std::uint32_t entry_bytes,
                           const char* signature) {
    const Table list = TRY(read_table(memory, address));
    std::uint64_t found = 0;
    if (for_each_in_list(memory, list, entry_bytes, signature, [&](std::uint64_t entry) {
            found = entry;
            return true;
        })) {
        return read_table(memory, found);
    }
    return Error{Errc::kNotFound, "ACPI table"};
}

} // namespace

Result<AcpiRoot> find_acpi(MemoryView& memory, std::uint64_t hint) {
    if (hint != 0 && is_rsdp(memory, hint)) {
        return read_rsdp(memory, hint);
    }
    if (const std::uint64_t area = extended_bios_area(memory); area != 0) {
        if (auto found = search(memory, area, area + 1024)) {
            return found;
        }
    }
    return search(memory, 0xE0000, 0x100000);
}

Result<Table> read_table(MemoryView& memory, std::uint64_t address) {
    const Bytes header = bytes_at(memory, address, kHeaderBytes);
    if (header.length() == 0) {
        return Error{Errc::kInvalidArgument, "ACPI table outside memory"};
    }
    const auto length = header.read<std::uint32_t>(4);
    if (length < kHeaderBytes || length > kMaxTableBytes) {
        return Error{Errc::kInvalidArgument, "ACPI table with an impossible length"};
    }
    const Table table = bytes_at(memory, address, length);
    if (table.length() == 0) {
        return Error{Errc::kInvalidArgument, "ACPI table that reaches beyond memory"};
    }
    if (!table.sums_to_zero()) {
        return Error{Errc::kInvalidArgument, "ACPI table with a wrong checksum"};
    }
    return table;
}

Result<Table> find_table(MemoryView& memory, const AcpiRoot& root, const char* signature) {
    if (root.xsdt != 0) {
        auto found = find_in_list(memory, root.xsdt, 8, signature);
        if (found || root.rsdt == 0) {
            return found;
        }
        // An XSDT may be damaged, or a table of it; then the RSDT decides.
        if (found.error().code == Errc::kNotFound) {
            return found;
        }
    }
    if (root.rsdt == 0) {
        return Error{Errc::kNotFound, "ACPI table list"};
    }
    return find_in_list(memory, root.rsdt, 4, signature);
}

} // namespace hermit::arch::firmware
