// What the loader tells the kernel. One versioned structure, physical addresses throughout.
#pragma once

#include <cstdint>

namespace hermit::boot {

enum class MemoryKind : std::uint32_t { kUsable, kReserved, kAcpiReclaimable };

/// A range of physical memory as firmware or hypervisor described it: possibly unsorted,
/// overlapping or not page aligned.
struct MemoryRange {
    std::uint64_t start;
    std::uint64_t bytes;
    MemoryKind kind;
    std::uint32_t reserved;
};

/// Physical memory. 0 bytes: none.
struct PhysicalRange {
    std::uint64_t start;
    std::uint64_t bytes;
};

/// A linear framebuffer where the firmware left one.
struct Framebuffer {
    std::uint64_t address;
    std::uint32_t width, height, pitch, bits_per_pixel;
};

enum class Protocol : std::uint32_t { kPvh, kMultiboot2 };

inline constexpr std::uint32_t kBootInfoVersion = 2;
inline constexpr std::uint32_t kMaxMemoryRanges = 128;
inline constexpr std::uint32_t kMaxCommandLine = 16384;

/// Lives in the loader's data, reached through the kernel's direct map.
struct BootInfo {
    std::uint32_t version;
    Protocol protocol;
    /// Where the image lies: physical address of the byte linked at the image's first address.
    std::uint64_t image_physical;
    std::uint64_t rsdp;         // 0: not told, search the BIOS area
    std::uint8_t rsdp_copy[40]; // where `rsdp` points if the boot loader gave only a copy
    Framebuffer framebuffer;    // address 0: none
    /// Root page table that the loader made, and the end of the direct map that it holds (bytes).
    std::uint64_t root_table;
    std::uint64_t direct_map_bytes;
    /// The image's ELF64 symbol table and its names, if the boot loader brought them along; their
    /// memory is described as reserved.
    PhysicalRange symbols;
    PhysicalRange symbol_names;
    std::uint64_t loader_tsc; // time-stamp counter when the loader's 64-bit code began
    std::uint32_t memory_range_count;
    std::uint32_t command_line_truncated; // not 0: more than kMaxCommandLine bytes were given
    MemoryRange memory[kMaxMemoryRanges];
    char command_line[kMaxCommandLine]; // null-terminated
};

} // namespace hermit::boot
