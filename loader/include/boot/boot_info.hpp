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

/// Where in a pixel's value a colour lies.
struct ColourBits {
    std::uint8_t position; // of its lowest bit
    std::uint8_t bits;
};

enum class ScreenKind : std::uint32_t {
    kOther,
    kDirectColour, // width and height in pixels; the colours are valid
    kText,         // a VGA's: width and height in characters
};

/// The screen that the firmware left, as the boot loader describes it: values are not checked.
struct Screen {
    std::uint64_t address; // 0: none
    std::uint32_t width, height;
    std::uint32_t pitch; // bytes from one line to the next
    std::uint32_t bits_per_pixel;
    ScreenKind kind;
    ColourBits red, green, blue;
};

enum class Protocol : std::uint32_t { kPvh, kMultiboot2 };

inline constexpr std::uint32_t kBootInfoVersion = 4;
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
    Screen screen;
    /// Root page table that the loader made, and the end of the direct map that it holds (bytes).
    std::uint64_t root_table;
    std::uint64_t direct_map_bytes;
    /// The names of the image's functions (names/format.hpp). They lie behind the image, which the
    /// memory map does not say.
    PhysicalRange function_names;
    std::uint64_t loader_tsc; // time-stamp counter when the loader's 64-bit code began
    std::uint32_t memory_range_count;
    std::uint32_t command_line_truncated; // not 0: more than kMaxCommandLine bytes were given
    MemoryRange memory[kMaxMemoryRanges];
    char command_line[kMaxCommandLine]; // null-terminated
};

} // namespace hermit::boot
