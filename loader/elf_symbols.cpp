#include "elf_symbols.hpp"

namespace hermit::boot {
namespace {

/// As GRUB writes it; the specification's text has the fields half as wide.
struct ElfSectionsTag {
    std::uint32_t type;
    std::uint32_t size;
    std::uint32_t num;
    std::uint32_t entsize;
    std::uint32_t shndx;
};

/// [elf] "Section Header Table".
struct SectionHeader {
    std::uint32_t sh_name;
    std::uint32_t sh_type;
    std::uint64_t sh_flags;
    std::uint64_t sh_addr; // where the boot loader has put the section
    std::uint64_t sh_offset;
    std::uint64_t sh_size;
    std::uint32_t sh_link;
    std::uint32_t sh_info;
    std::uint64_t sh_addralign;
    std::uint64_t sh_entsize;
};
static_assert(sizeof(SectionHeader) == 64);

constexpr std::uint32_t kSymbolTable = 2; // SHT_SYMTAB
constexpr std::uint32_t kStringTable = 3; // SHT_STRTAB
constexpr std::uint32_t kTypeReserved = 2;

/// Reads the section header with this number; false if there is none.
bool read_header(const PhysicalView& memory, std::uint64_t tag, const ElfSectionsTag& sections,
                 std::uint32_t index, SectionHeader& header) {
    const std::uint64_t offset =
        sizeof(ElfSectionsTag) + std::uint64_t{index} * sizeof(SectionHeader);
    return index < sections.num && offset + sizeof(SectionHeader) <= sections.size &&
           memory.read(tag + offset, header);
}

bool is_loaded(const SectionHeader& header) {
    constexpr std::uint64_t kFourGigabytes = std::uint64_t{1} << 32;
    return header.sh_addr != 0 && header.sh_size != 0 && header.sh_addr < kFourGigabytes &&
           header.sh_size < kFourGigabytes;
}

} // namespace

void gather_elf_symbols(const PhysicalView& memory, std::uint64_t address, std::uint64_t bytes,
                        BootInfo& info) {
    ElfSectionsTag sections{};
    if (bytes < sizeof(sections) || !memory.read(address, sections) ||
        sections.entsize != sizeof(SectionHeader)) {
        return;
    }
    for (std::uint32_t index = 0; index < sections.num; ++index) {
        SectionHeader table{};
        SectionHeader names{};
        if (!read_header(memory, address, sections, index, table)) {
            return;
        }
        if (table.sh_type == kSymbolTable && is_loaded(table) &&
            read_header(memory, address, sections, table.sh_link, names) &&
            names.sh_type == kStringTable && is_loaded(names)) {
            if (gather_memory(table.sh_addr, table.sh_size, kTypeReserved, info) &&
                gather_memory(names.sh_addr, names.sh_size, kTypeReserved, info)) {
                info.symbols = {table.sh_addr, table.sh_size};
                info.symbol_names = {names.sh_addr, names.sh_size};
            }
            return;
        }
    }
}

} // namespace hermit::boot
