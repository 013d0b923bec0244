// The application's memory as the parts of its implementation share it.
#pragma once

#include "flush.hpp"
#include "kernel_space.hpp"
#include "region_map.hpp"

#include <mm/app_memory.hpp>

namespace hermit::mm::app {

inline constexpr std::uint64_t kPage = 4 * kKiB;
inline constexpr std::uint64_t kLargePage = 2 * kMiB;

/// Application addresses lie below; what is above stays free for the kernel.
inline constexpr std::uint64_t kCeiling = 0x7000'0000'0000;

struct AppSpace {
    RegionMap regions;
    /// The program break: memory from `heap_start` to `heap_break`, in a range kept free for it.
    std::uint64_t heap_start = 0;
    std::uint64_t heap_break = 0;
    std::uint64_t heap_limit = 0;
    std::uint64_t charged_bytes = 0;
    /// Bytes of frames that were taken back from the application, and the most that it was charged
    /// and held at a time: brought up to date before either shrinks.
    std::uint64_t released_bytes = 0;
    std::uint64_t peak_charged_bytes = 0;
    std::uint64_t peak_backed_bytes = 0;
    /// Who unmapped something last; never 0.
    std::uint32_t last_unmapper = 0;

    /// The first address that is the application's to map.
    std::uint64_t lowest() const { return heap_start; }
    std::uint32_t new_unmapper();
    std::uint64_t backed_bytes() const;
    void note_peaks();
    /// Makes sure that one change of the regions has the nodes that it needs. Errors: kOutOfMemory.
    Result<void> prepare();
};

extern Protected<AppSpace> space;

/// Of all cores.
FaultCounts count_faults();

/// Registers .bss and .lbss and reserves the heap's addresses. Panics if memory is too small.
void initialize();

inline PageAttributes page_attributes(const Protection& protection) {
    return {.readable = protection.read || protection.write || protection.execute,
            .writable = protection.write,
            .executable = protection.execute};
}

/// What the entry points need of the caller's stack, from there down to the frames' lock.
inline constexpr unsigned kEntryStackPages = 3;

/// Whether a range is page aligned, not empty, and below the ceiling.
bool is_valid(VirtAddr start, std::uint64_t length);

/// What `map` makes of its arguments.
RegionProperties properties_of(const Protection& protection, std::uint32_t flags);

/// Bytes of a range that have frames.
std::uint64_t mapped_bytes(std::uint64_t start, std::uint64_t end);

/// Makes the ends of a range page boundaries. The space's lock held: else a large page could come
/// into being across one of them. Errors: kOutOfMemory.
Result<void> split_pages(std::uint64_t start, std::uint64_t end);

/// Charges a range of which `backed` bytes have frames already. The space's lock held. Errors:
/// kOutOfMemory.
Result<void> charge(AppSpace& app, std::uint64_t bytes, std::uint64_t backed = 0);

/// Unmaps all but the regions' last trace, which keeps the addresses from being chosen by others.
/// What another thread is unmapping is left to it. No lock held. Returns the number that the
/// regions carry. Errors: kOutOfMemory, and then nothing has changed.
Result<std::uint32_t> empty_range(std::uint64_t start, std::uint64_t end);

/// Whether an inaccessible region is there to catch a stack's overflow.
bool is_guard(const AppSpace& app, const Region& region);

/// Whether what is charged is backed at once.
bool always_populates();

/// Maps an aligned GiB in one page, cleared, if it is all the same and nothing of it is there yet.
/// Returns whether it did. Thread context.
bool populate_gib(VirtAddr page);

/// Backs the page at `address` where there is no fault: it will be read, or is asked for in
/// advance. Any context.
FaultOutcome resolve_ahead(VirtAddr address);

} // namespace hermit::mm::app
