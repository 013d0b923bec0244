#include "app_space.hpp"
#include "frame_cache.hpp"
#include "image.hpp"
#include "kernel_space.hpp"
#include "memory_map.hpp"

#include <mm/memory.hpp>

#include <arch/cpuid.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>

namespace hermit::mm {
namespace {

constexpr std::uint64_t kLargePage = 2 * kMiB;
/// BIOS data, and the page in which further cores start.
constexpr std::uint64_t kLowMemory = kMiB;
/// What stays for the kernel: page tables (1/512 of all memory if the application touches it in
/// 4 KiB pages), and a part that does not grow with the machine.
constexpr std::uint64_t kFixedReserve = 384 * kKiB;

/// Nodes for the list of free frames until frames can be made into nodes: at worst the first
/// ranges added are all apart.
alignas(16) constinit char first_nodes[4 * kKiB];

/// Too large for a stack.
constinit CleanMap usable;
constinit CleanMap described;

/// 1 GiB pages are an optional feature. [intel/vol2] CPUID, leaf 8000'0001H, EDX bit 26.
unsigned largest_page_level() {
    constexpr std::uint32_t kExtended = 0x8000'0000;
    constexpr std::uint32_t kPage1GB = 1 << 26;
    return arch::cpuid(kExtended).eax > kExtended &&
                   (arch::cpuid(kExtended + 1).edx & kPage1GB) != 0
               ? arch::Size1G::kLevel
               : arch::Size2M::kLevel;
}

/// Adds the parts of usable memory that lie between the bounds and are not in use.
void add_frames(Range bounds, Range image) {
    frames.with([=](FrameManager& manager) {
        for (const Range& range : usable.view()) {
            const Range above_low{range.start > kLowMemory ? range.start : kLowMemory, range.end};
            const Range parts[] = {
                {above_low.start, above_low.end < image.start ? above_low.end : image.start},
                {above_low.start > image.end ? above_low.start : image.end, above_low.end}};
            for (const Range& part : parts) {
                const Range cut{part.start > bounds.start ? part.start : bounds.start,
                                part.end < bounds.end ? part.end : bounds.end};
                if (cut.start < cut.end) {
                    manager.add(cut);
                }
            }
        }
    });
}

/// Maps what the loader's direct map leaves out: memory beyond it, and other ranges that the
/// firmware described below 4 GiB. Device registers among them stay uncached by the MTRRs.
void extend_direct_map(std::uint64_t covered, std::uint64_t usable_end) {
    const unsigned largest = largest_page_level();
    for (const Range& range : described.view()) {
        const std::uint64_t start = range.start > covered ? range.start : covered;
        const std::uint64_t limit = usable_end > 4 * kGiB ? usable_end : 4 * kGiB;
        const std::uint64_t end = range.end < limit ? range.end : limit;
        if (start >= end) {
            continue;
        }
        auto mapped = page_table.with([=](KernelPageTable& table) {
            return table.map(direct(PhysAddr{start}), PhysAddr{start}, end - start,
                             {.writable = true}, largest);
        });
        if (!mapped) {
            panic("Cannot map the physical memory from {} to {}: {}", PhysAddr{start},
                  PhysAddr{end}, mapped.error().context);
        }
    }
}

} // namespace

void initialize(const boot::BootInfo& info) {
    const std::span entries{info.memory, info.memory_range_count};
    clean_usable(entries, usable);
    cover_all(entries, kLargePage, described);
    if (usable.count == 0) {
        panic("The memory map shows no usable memory");
    }
    const std::uint64_t usable_end = usable.ranges[usable.count - 1].end;
    // The functions' names follow the image's data.
    const std::uint64_t names_end = info.function_names.start + info.function_names.bytes;
    const Range image{info.image_physical, align_up(names_end, FrameManager::kFrame)};

    frames.with([](FrameManager& manager) { manager.add_nodes(first_nodes, sizeof(first_nodes)); });
    add_frames({0, info.direct_map_bytes}, image);
    use_page_table(PhysAddr{info.root_table});
    open_heap();
    extend_direct_map(info.direct_map_bytes, usable_end);
    add_frames({info.direct_map_bytes, UINT64_MAX}, image);

    frames.with([](FrameManager& manager) {
        manager.set_reclaim(reclaim_cached_frames);
        manager.set_kernel_reserve(
            align_up(kFixedReserve + manager.total_bytes() / 256, FrameManager::kFrame));
    });
    initialize_kernel_addresses(VirtAddr{__app_bss_end}.align_up(kLargePage));
    app::initialize();
}

void report() {
    // What is in use by now is missing from the lists, as in the thesis's log.
    frames.with([](const FrameManager& manager) {
        manager.for_each_free([](Range range) {
            log::info("{:013x} - {:013x}", PhysAddr{range.start}, PhysAddr{range.end});
        });
    });
    log::info("");
    report_kernel_addresses();
}

} // namespace hermit::mm
