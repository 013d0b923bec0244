// The image's symbol table where the boot loader brought it along: names for a backtrace.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace hermit::init {

/// An entry of an ELF64 symbol table. [elf] "Symbol Table".
struct ElfSymbol {
    std::uint32_t st_name;
    std::uint8_t st_info;
    std::uint8_t st_other;
    std::uint16_t st_shndx;
    std::uint64_t st_value;
    std::uint64_t st_size;
};
static_assert(sizeof(ElfSymbol) == 24);

/// Where an address lies: in the function `name`, this many bytes behind its start.
struct Place {
    const char* name; // as the linker knows it
    std::uint64_t offset;
};

/// Reads tables that somebody else made and believes nothing in them. Allocates nothing.
class SymbolTable {
  public:
    constexpr SymbolTable() = default;
    SymbolTable(std::span<const ElfSymbol> symbols, std::span<const char> names)
        : symbols_{symbols}, names_{names} {}

    /// The function that holds `address`; or, among those without a size, which assembly code may
    /// have, the nearest below. Linear in the number of symbols.
    std::optional<Place> find(std::uint64_t address) const;

  private:
    bool is_candidate(const ElfSymbol& symbol, std::uint64_t address) const;
    bool has_name(const ElfSymbol& symbol) const;

    std::span<const ElfSymbol> symbols_;
    std::span<const char> names_;
};

} // namespace hermit::init
