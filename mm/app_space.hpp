// The application's memory as the parts of its implementation share it.
#pragma once

#include "flush.hpp"
#include "kernel_space.hpp"
#include "region_map.hpp"

#include <mm/app_memory.hpp>

#include <algorithm>
#include <array>

namespace hermit::mm::app {

inline constexpr std::uint64_t kPage = 4 * kKiB;
inline constexpr std::uint64_t kLargePage = 2 * kMiB;

/// Application addresses lie below; what is above stays free for the kernel.
inline constexpr std::uint64_t kCeiling = 0x7000'0000'0000;

/// Large pages that were split for other rights and made whole again, the latest ones. Who does
/// that to the same page over and over (a guard page, a write barrier) would pay for it each time.
class RejoinedPages {
  public:
    bool contains(std::uint64_t page) const {
        return std::find(pages_.begin(), pages_.end(), page) != pages_.end();
    }
    void add(std::uint64_t page) { pages_[next_++ % pages_.size()] = page; }

  private:
    std::array<std::uint64_t, 16> pages_{};
    std::size_t next_ = 0;
};

struct AppSpace {
    RegionMap regions;
    RejoinedPages rejoined;
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
    /// Makes sure that a change of the regions has the nodes that it needs. Errors: kOutOfMemory.
    Result<void> prepare(std::size_t nodes = RegionMap::kSpares);
    /// Gives back nodes that have become many more than the next changes need.
    void trim();
};

extern Protected<AppSpace> space;

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

/// Marks what is mapped in a range as dying by the hand of `unmapper`, but for what another thread
/// is unmapping already. Returns how many bytes of it are charged. The space's lock held, large
/// pages split at the ends, nodes prepared.
std::uint64_t mark_dying(AppSpace& app, std::uint64_t start, std::uint64_t end,
                         std::uint32_t unmapper);

/// Who takes frames away: an unmapper, or nobody in particular who means to keep the mapping.
inline constexpr std::uint32_t kNobody = 0;

/// Whether charged memory stays promised when its frames go.
enum class Promise : std::uint8_t { kReleased, kKept };

/// Takes the frames of a range away, in rounds: under the lock from the page table, and when all
/// cores have forgotten them, back to the manager. With a ChangeGuard, no lock held. Errors:
/// kOutOfMemory when a large page must be split, so for an unmapper none.
Result<void> release_frames(std::uint64_t start, std::uint64_t end, std::uint32_t unmapper,
                            Promise promise);

/// Maps at a given address, in place of what is there. Errors: kOutOfMemory, kExists if another
/// thread does not finish unmapping a part of the range; what was there is still whole then.
Result<void> replace(std::uint64_t start, std::uint64_t length, const RegionProperties& properties);

inline bool is_inaccessible(const Region& region) {
    return !page_attributes(region.properties.protection).readable;
}

/// Whether an inaccessible region is there to catch a stack's overflow.
bool is_guard(const AppSpace& app, const Region& region);

/// Whether what is charged is backed at once.
bool always_populates();

/// Backs the page at `address` where there is no fault: it will be read, or is asked for in
/// advance. Any context.
FaultOutcome resolve_ahead(VirtAddr address);

} // namespace hermit::mm::app
