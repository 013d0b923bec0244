#include "pvh.hpp"

namespace hermit::boot {
namespace {

constexpr std::uint32_t kMagic = 0x336EC578;
constexpr std::uint32_t kFirstVersionWithMemoryMap = 1;

struct StartInfo {
    std::uint32_t magic;
    std::uint32_t version;
    std::uint32_t flags;
    std::uint32_t nr_modules;
    std::uint64_t modlist_paddr;
    std::uint64_t cmdline_paddr;
    std::uint64_t rsdp_paddr;
    std::uint64_t memmap_paddr; // from version 1 on
    std::uint32_t memmap_entries;
    std::uint32_t reserved;
};
static_assert(sizeof(StartInfo) == 56);

struct MemmapEntry {
    std::uint64_t addr;
    std::uint64_t size;
    std::uint32_t type;
    std::uint32_t reserved;
};
static_assert(sizeof(MemmapEntry) == 24);

} // namespace

bool is_pvh(const PhysicalView& memory, std::uint64_t address) {
    std::uint32_t magic = 0;
    return memory.read(address, magic) && magic == kMagic;
}

Problem parse_pvh(const PhysicalView& memory, std::uint64_t address, BootInfo& info) {
    info.protocol = Protocol::kPvh;
    StartInfo start{};
    if (!is_pvh(memory, address) || !memory.read(address, start)) {
        return "PVH start information is not readable";
    }
    if (start.version < kFirstVersionWithMemoryMap || start.memmap_entries == 0) {
        return "PVH start information has no memory map";
    }
    if (start.cmdline_paddr != 0) {
        gather_command_line(memory, start.cmdline_paddr, info);
    }
    info.rsdp = start.rsdp_paddr;
    for (std::uint64_t i = 0; i < start.memmap_entries; ++i) {
        MemmapEntry entry{};
        if (!memory.read(start.memmap_paddr + i * sizeof(MemmapEntry), entry)) {
            return "PVH memory map is not readable";
        }
        if (!gather_memory(entry.addr, entry.size, entry.type, info)) {
            return "memory map has too many ranges";
        }
    }
    return nullptr;
}

} // namespace hermit::boot
