// The loader: from what the boot protocol left to a kernel that runs at its linked address.
//
// It runs at the alias of the physical memory that it was loaded to, not where it was linked. It is
// therefore position independent: no address of its own may stand in initialised data.
#include "console.hpp"
#include "direct_map.hpp"
#include "layout.hpp"
#include "multiboot2.hpp"
#include "page_tables.hpp"
#include "pvh.hpp"

#include <arch/cpu.hpp>
#include <names/format.hpp>

#include <cstddef>

// The image's parts, from hermit.ld. Hidden: reached relative to the instruction.
extern "C" {
#pragma GCC visibility push(hidden)
extern const char __image_start[];
extern const char __text_end[];
extern const char __rodata_end[];
extern const char __data_end[];
extern const hermit::names::Header __function_names;
[[noreturn]] void hermit_loader_main(std::uint64_t boot_information, std::uint64_t magic);
[[noreturn]] void hermit_loader_leave(std::uint64_t root_table, hermit::boot::BootInfo* info,
                                      std::uint64_t* root_in_direct_map);
#pragma GCC visibility pop
}

namespace hermit::boot {
namespace {

constexpr std::uint64_t kPage = 4096;
// Root; image: one third-level, up to four second-level tables, four edges; direct map: one
// third-level, four second-level tables, two edges; alias: three.
constexpr unsigned kTablePages = 20;

alignas(kPage) constinit char table_pool[kTablePages * kPage] = {};
constinit BootInfo boot_info = {};

std::uint64_t physical(const void* at) { return reinterpret_cast<std::uint64_t>(at) - kAliasBase; }

[[noreturn]] void fail(const char* why) {
    console::line(why);
    arch::halt_forever();
}

PhysicalRange find_function_names() {
    const names::Header& header = __function_names;
    return {physical(&header), header.magic == names::kMagic ? header.bytes : 0};
}

void gather(std::uint64_t boot_information, std::uint64_t magic, std::uint64_t start_tsc) {
    const PhysicalView memory{reinterpret_cast<const void*>(kAliasBase), 0, kReachableBytes};
    Problem problem = "neither PVH nor Multiboot2 started this image";
    if (is_pvh(memory, boot_information)) {
        problem = parse_pvh(memory, boot_information, boot_info);
    } else if (magic == kMultiboot2Magic) {
        problem = parse_multiboot2(memory, boot_information, physical(&boot_info), boot_info);
    }
    if (problem != nullptr) {
        fail(problem);
    }
    boot_info.version = kBootInfoVersion;
    boot_info.loader_tsc = start_tsc;
    boot_info.image_physical = physical(__image_start);
    boot_info.function_names = find_function_names();
    boot_info.direct_map_bytes = direct_map_bytes(boot_info);
}

/// Maps the image where it was linked, all memory at the direct map, and the page that changes over
/// at the alias. No frame is writable through one mapping and executable through another.
void build_tables(PageTables& tables) {
    const std::uint64_t image = boot_info.image_physical;
    const std::uint64_t text_end = physical(__text_end);
    const std::uint64_t rodata_end = physical(__rodata_end);
    const std::uint64_t data_end = physical(__data_end);
    const PhysicalRange names = boot_info.function_names;
    const std::uint64_t to_linked = kImageBase - image;
    const std::uint64_t leave =
        physical(reinterpret_cast<void*>(&hermit_loader_leave)) & ~(kPage - 1);
    if (data_end > boot_info.direct_map_bytes ||
        names.start + names.bytes > boot_info.direct_map_bytes) {
        fail("the image does not lie in the memory that the memory map describes");
    }

    const bool ok =
        tables.map(kImageBase, image, text_end - image, Access::kReadExecute) &&
        tables.map(text_end + to_linked, text_end, rodata_end - text_end, Access::kRead) &&
        tables.map(rodata_end + to_linked, rodata_end, data_end - rodata_end, Access::kReadWrite) &&
        tables.map(kDirectMapBase, 0, image, Access::kReadWrite) &&
        tables.map(kDirectMapBase + image, image, rodata_end - image, Access::kRead) &&
        tables.map(kDirectMapBase + rodata_end, rodata_end, boot_info.direct_map_bytes - rodata_end,
                   Access::kReadWrite) &&
        tables.map(kAliasBase + leave, leave, kPage, Access::kReadExecute);
    if (!ok) {
        fail("too few pages for the first page tables");
    }
    boot_info.root_table = tables.root();
}

void report() {
    console::line("Started");
    console::line(boot_info.protocol == Protocol::kPvh ? "Booted by PVH" : "Booted by Multiboot2");
    console::line("Found image at", boot_info.image_physical);
    console::line("Image bytes", static_cast<std::uint64_t>(__data_end - __image_start));
    console::line("Memory ranges", boot_info.memory_range_count);
    console::line("Direct map bytes", boot_info.direct_map_bytes);
    console::line("Jumping to the kernel");
}

} // namespace
} // namespace hermit::boot

void hermit_loader_main(std::uint64_t boot_information, std::uint64_t magic) {
    using namespace hermit::boot;
    const std::uint64_t start_tsc = hermit::arch::read_tsc();
    gather(boot_information, magic, start_tsc);
    PageTables tables{table_pool, physical(table_pool), kTablePages};
    build_tables(tables);
    if (wants_log(boot_info.command_line)) {
        report();
    }
    hermit_loader_leave(tables.root(),
                        reinterpret_cast<BootInfo*>(kDirectMapBase + physical(&boot_info)),
                        reinterpret_cast<std::uint64_t*>(kDirectMapBase + tables.root()));
}
