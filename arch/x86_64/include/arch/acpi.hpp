// Parsing of the ACPI tables that the kernel uses. Pure: memory is read through a view that the
// caller supplies, so that the parsers run on the host. A table that lies ends in an error.
#pragma once

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::arch::acpi {

/// Gives access to physical memory: a pointer to `bytes` readable bytes at `address`, or null.
class MemoryView {
  public:
    virtual const std::uint8_t* at(std::uint64_t address, std::size_t bytes) = 0;

  protected:
    ~MemoryView() = default;
};

/// A table in memory whose length and checksum were found right.
struct Table {
    const std::uint8_t* bytes = nullptr; // header included
    std::uint32_t length = 0;
};

/// The header that all system description tables share. [acpi/6.5] §5.2.6.
inline constexpr std::uint32_t kHeaderBytes = 36;

/// Address of the RSDP: `hint` if it holds one, else found in the BIOS area (0xE0000 to 0xFFFFF) or
/// the extended BIOS data area. Errors: kNotFound. [acpi/6.5] §5.2.5.
Result<std::uint64_t> find_rsdp(MemoryView& memory, std::uint64_t hint);

/// The first table with the four-letter `signature`. Follows XSDT, else RSDT.
/// Errors: kNotFound; kInvalidArgument if a checksum or length is wrong.
Result<Table> find_table(MemoryView& memory, std::uint64_t rsdp, const char* signature);

/// What the MADT says of the processors. [acpi/6.5] §5.2.12.
struct Processors {
    static constexpr unsigned kMax = 1024;
    std::uint32_t apic_id[kMax];
    unsigned count = 0;
    unsigned left_out = 0; // more than kMax
    std::uint64_t local_apic_address = 0;
};

/// Collects the APIC IDs of the enabled processors, each once, in the table's order; local APIC
/// and x2APIC entries alike. Errors: kInvalidArgument if an entry's length is wrong.
Result<void> read_processors(const Table& madt, Processors& processors);

} // namespace hermit::arch::acpi
