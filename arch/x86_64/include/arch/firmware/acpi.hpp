// Finding ACPI tables. Pure: memory is read through a view that the caller supplies, so that the
// parsers run on the host. A table that lies ends in an error.
#pragma once

#include <arch/firmware/bytes.hpp>
#include <base/result.hpp>

namespace hermit::arch::firmware {

/// The header that all system description tables share. [acpi/6.5] §5.2.6.
inline constexpr std::uint32_t kHeaderBytes = 36;

/// A table in memory, header included, whose length and checksum were found right.
using Table = Bytes;

/// Where the list of all tables is: the XSDT, the RSDT or both; 0 is none.
struct AcpiRoot {
    std::uint64_t rsdp = 0;
    std::uint64_t xsdt = 0;
    std::uint64_t rsdt = 0;
};

/// The root pointer: at `hint` if it holds one, else found in the extended BIOS data area or the
/// BIOS area (0xE0000 to 0xFFFFF). A root pointer of revision 2 whose extended checksum is wrong
/// counts as one of revision 0. Errors: kNotFound. [acpi/6.5] §5.2.5.
Result<AcpiRoot> find_acpi(MemoryView& memory, std::uint64_t hint);

/// The table at `address`. Errors: kInvalidArgument if its length or checksum is wrong.
Result<Table> read_table(MemoryView& memory, std::uint64_t address);

/// The first table with the four-letter `signature`. Follows the XSDT, or the RSDT where there is
/// no usable XSDT. Errors: kNotFound; kInvalidArgument if a checksum or length is wrong.
Result<Table> find_table(MemoryView& memory, const AcpiRoot& root, const char* signature);

/// Calls `take(entry)` with the address of each table in the list (an XSDT's `entry_bytes` are 8,
/// an RSDT's 4) that has the four-letter `signature`, until it returns true. Whether it did.
template <class Take>
bool for_each_in_list(MemoryView& memory, const Table& list, std::uint32_t entry_bytes,
                      const char* signature, Take&& take) {
    for (std::uint32_t at = kHeaderBytes; list.holds(at, entry_bytes); at += entry_bytes) {
        const std::uint64_t entry =
            entry_bytes == 8 ? list.read<std::uint64_t>(at) : list.read<std::uint32_t>(at);
        if (entry != 0 && bytes_at(memory, entry, kHeaderBytes).starts_with(signature, 4) &&
            take(entry)) {
            return true;
        }
    }
    return false;
}

/// Calls `take(table)` with every table that has the signature, or with the error of reading it,
/// until it returns true. Follows the XSDT, or the RSDT where there is no usable XSDT.
template <class Take>
void for_each_table(MemoryView& memory, const AcpiRoot& root, const char* signature, Take&& take) {
    for (const std::uint32_t entry_bytes : {8u, 4u}) {
        const std::uint64_t address = entry_bytes == 8 ? root.xsdt : root.rsdt;
        if (address == 0) {
            continue;
        }
        if (auto list = read_table(memory, address)) {
            for_each_in_list(memory, *list, entry_bytes, signature,
                             [&](std::uint64_t entry) { return take(read_table(memory, entry)); });
            return;
        }
    }
}

/// Calls `take(type, entry)` for the entries of a table that start with a type and a length, one
/// byte each. Errors: kInvalidArgument with `context` if an entry's length is impossible.
template <class Take>
Result<void> for_each_entry(const Table& table, std::uint32_t first, const char* context,
                            Take&& take) {
    if (table.length() < first) {
        return Error{Errc::kInvalidArgument, context};
    }
    for (std::uint32_t at = first; at + 2 <= table.length();) {
        const std::uint8_t length = table[at + 1];
        if (length < 2 || !table.holds(at, length)) {
            return Error{Errc::kInvalidArgument, context};
        }
        take(table[at], table.part(at, length));
        at += length;
    }
    return {};
}

} // namespace hermit::arch::firmware
