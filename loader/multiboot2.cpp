#include "multiboot2.hpp"

#include <cstddef>

namespace hermit::boot {
namespace {

enum TagType : std::uint32_t {
    kEnd = 0,
    kCommandLine = 1,
    kMemoryMap = 6,
    kFramebuffer = 8,
    kAcpiOldRsdp = 14,
    kAcpiNewRsdp = 15,
};

struct Header {
    std::uint32_t total_size;
    std::uint32_t reserved;
};

struct Tag {
    std::uint32_t type;
    std::uint32_t size; // this header included, padding to the next tag not
};

struct MemoryMapHeader {
    Tag tag;
    std::uint32_t entry_size;
    std::uint32_t entry_version;
};

struct MemoryMapEntry {
    std::uint64_t base_addr;
    std::uint64_t length;
    std::uint32_t type;
    std::uint32_t reserved;
};

struct FramebufferTag {
    Tag tag;
    std::uint64_t framebuffer_addr;
    std::uint32_t framebuffer_pitch;
    std::uint32_t framebuffer_width;
    std::uint32_t framebuffer_height;
    std::uint8_t framebuffer_bpp;
    std::uint8_t framebuffer_type;
    std::uint16_t reserved;
};
static_assert(sizeof(FramebufferTag) == 32);

/// Follows where framebuffer_type is kDirectColour: position and size in bits of each field.
struct ColourInfo {
    std::uint8_t red[2], green[2], blue[2];
};

Problem gather_memory_map(const PhysicalView& tag, std::uint64_t address, std::uint64_t bytes,
                          BootInfo& info) {
    MemoryMapHeader header{};
    if (!tag.read(address, header) || header.entry_size < sizeof(MemoryMapEntry)) {
        return "Multiboot2 memory map is malformed";
    }
    // Entries may be longer than the part we know.
    for (std::uint64_t offset = sizeof(header); offset + header.entry_size <= bytes;
         offset += header.entry_size) {
        MemoryMapEntry entry{};
        if (!tag.read(address + offset, entry)) {
            return "Multiboot2 memory map is not readable";
        }
        if (!gather_memory(entry.base_addr, entry.length, entry.type, info)) {
            return "memory map has too many ranges";
        }
    }
    return nullptr;
}

void gather_screen(const PhysicalView& tag, std::uint64_t address, BootInfo& info) {
    constexpr std::uint8_t kDirectColour = 1;
    constexpr std::uint8_t kEgaText = 2;
    FramebufferTag found{};
    if (!tag.read(address, found)) {
        return;
    }
    Screen screen{};
    screen.address = found.framebuffer_addr;
    screen.width = found.framebuffer_width;
    screen.height = found.framebuffer_height;
    screen.pitch = found.framebuffer_pitch;
    screen.bits_per_pixel = found.framebuffer_bpp;
    ColourInfo colour{};
    if (found.framebuffer_type == kEgaText) {
        screen.kind = ScreenKind::kText;
    } else if (found.framebuffer_type == kDirectColour &&
               tag.read(address + sizeof(found), colour)) {
        screen.kind = ScreenKind::kDirectColour;
        screen.red = {colour.red[0], colour.red[1]};
        screen.green = {colour.green[0], colour.green[1]};
        screen.blue = {colour.blue[0], colour.blue[1]};
    }
    info.screen = screen;
}

void gather_rsdp(const PhysicalView& tag, std::uint64_t address, std::uint64_t bytes,
                 std::uint64_t info_physical, BootInfo& info) {
    const std::uint64_t length = bytes - sizeof(Tag);
    if (length <= sizeof(info.rsdp_copy) &&
        tag.read_bytes(address + sizeof(Tag), info.rsdp_copy, length)) {
        info.rsdp = info_physical + offsetof(BootInfo, rsdp_copy);
    }
}

} // namespace

Problem parse_multiboot2(const PhysicalView& memory, std::uint64_t address,
                         std::uint64_t info_physical, BootInfo& info) {
    info.protocol = Protocol::kMultiboot2;
    Header header{};
    if (!memory.read(address, header) || !memory.contains(address, header.total_size)) {
        return "Multiboot2 information is not readable";
    }
    const std::uint64_t end = address + header.total_size;
    bool has_new_rsdp = false;
    std::uint64_t at = address + sizeof(Header);
    while (at + sizeof(Tag) <= end) {
        Tag tag{};
        if (!memory.read(at, tag) || tag.size < sizeof(Tag) || tag.size > end - at) {
            return "Multiboot2 information has a tag with a wrong length";
        }
        const PhysicalView inside = memory.part(at, tag.size);
        Problem problem = nullptr;
        switch (tag.type) {
        case kEnd:
            return info.memory_range_count == 0 ? "Multiboot2 information has no memory map"
                                                : nullptr;
        case kCommandLine:
            gather_command_line(inside, at + sizeof(Tag), info);
            break;
        case kMemoryMap:
            problem = gather_memory_map(inside, at, tag.size, info);
            break;
        case kFramebuffer:
            gather_screen(inside, at, info);
            break;
        case kAcpiOldRsdp:
            if (!has_new_rsdp) {
                gather_rsdp(inside, at, tag.size, info_physical, info);
            }
            break;
        case kAcpiNewRsdp:
            gather_rsdp(inside, at, tag.size, info_physical, info);
            has_new_rsdp = true;
            break;
        default:
            break;
        }
        if (problem != nullptr) {
            return problem;
        }
        at += (tag.size + std::uint64_t{7}) & ~std::uint64_t{7};
    }
    return "Multiboot2 information has no end";
}

} // namespace hermit::boot
