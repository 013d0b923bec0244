// The application's memory: regions above 4 GiB (and .bss), backed on first touch. [thesis] 2.1.2.
#pragma once

#include <base/address.hpp>
#include <base/result.hpp>

#include <cstdint>

namespace hermit::mm::app {

struct Protection {
    bool read = false;
    bool write = false;
    bool execute = false;
    friend constexpr bool operator==(const Protection&, const Protection&) = default;
};

/// How to map. `kFixed` replaces what is there, `kFixedNoReplace` fails with kExists instead.
enum MapFlags : std::uint32_t {
    kFixed = 1,
    kFixedNoReplace = 2,
    kNoReserve = 4,    // not charged at map time
    kPopulate = 8,     // backed at once
    kStack = 16,       // backed in 4 KiB pages; not charged; running out of memory ends the program
    kHugeAligned = 32, // start on a 2 MiB boundary
};

/// Anonymous zeroed memory. `length` is rounded up to 4 KiB. `hint` 0: anywhere (2 MiB aligned if
/// large). Errors: kOutOfMemory (memory, commit limit or address space), kInvalidArgument, kExists.
Result<VirtAddr> map(VirtAddr hint, std::uint64_t length, Protection protection,
                     std::uint32_t flags);

/// Unmaps and gives back memory; holes are fine. Returns after no core can use it any more.
/// Thread context with interrupts on.
Result<void> unmap(VirtAddr start, std::uint64_t length);

Result<void> protect(VirtAddr start, std::uint64_t length, Protection protection);

/// From now on, large pages are not used in the range (or are again); those that are there stay.
/// Errors: kNotFound if not all is mapped, kOutOfMemory.
Result<void> prefer_small_pages(VirtAddr start, std::uint64_t length, bool small);

/// Drops contents but keeps the mapping (MADV_DONTNEED): next touch reads zeros.
Result<void> discard(VirtAddr start, std::uint64_t length);

/// Drops contents where others can have the frames then (MADV_FREE): memory that is not charged.
/// The frames of charged memory are promised to it, so it keeps them with what they hold.
Result<void> discard_unpromised(VirtAddr start, std::uint64_t length);

/// Backs the range now, an aligned GiB that is not touched yet in one page if the processor and the
/// memory have one. Errors: kOutOfMemory, kNotFound if not all is mapped. Thread context.
Result<void> populate(VirtAddr start, std::uint64_t length);
/// The same for a part of a thread's stack, with memory near to the core where it will run.
Result<void> populate_stack(VirtAddr start, std::uint64_t length, unsigned core);
/// Backs all that is charged. Errors: kOutOfMemory. Thread context.
Result<void> populate_all();
/// Whether from now on all that is charged is backed when it is mapped.
void populate_always(bool on);

/// Moves the program break by `increment` bytes and returns the old one. Errors: kOutOfMemory.
Result<VirtAddr> move_break(std::int64_t increment);

enum class FaultOutcome : std::uint8_t {
    kResolved, // or not yet: the access is to be tried again
    kNotMapped,
    kForbidden,
    kGuardPage,
    kOutOfMemory
};

/// A frame of 2 MiB on its way into the page table. It is cleared with no lock held, which is why
/// others may be faster, and the mapping may change or go away in the meantime.
struct LargePage {
    std::uint64_t frame = 0; // 0: there is nothing to clear, and the rest means nothing
    std::uint64_t page;
    std::uint64_t entry; // that is to map it
    std::uint64_t* slot; // the entry that carries the claim on the page
    std::uint64_t space_state;
    bool is_charged;
    bool was_promised; // the frame is one of those that were promised

    LargePage() {} // NOLINT: on the way of every first touch
    /// Where the frame can be written.
    void* memory() const;
};
inline constexpr std::uint64_t kLargePageBytes = 2 * kMiB;

/// Resolves a first touch, or leaves in `large` what is to be cleared before `finish_fault`.
/// `error_code` as the processor reports it. Interrupts off; the caller turns them on to clear.
FaultOutcome begin_fault(VirtAddr address, std::uint64_t error_code, LargePage& large);

/// Maps a frame that has been cleared; gives it back if that is no longer wanted. In both cases the
/// access can be tried again. Interrupts off. Whether the page is backed by it now.
bool finish_fault(const LargePage& large);

/// Both steps, and the clearing between them. Any context.
FaultOutcome handle_fault(VirtAddr address, std::uint64_t error_code);

/// Backs the page at `address`, so that the kernel can read it without a fault. Interrupts off.
FaultOutcome make_readable(VirtAddr address);

struct Statistics {
    std::uint64_t total_bytes, free_bytes, committed_bytes, commit_limit;
    /// Page faults that entered a page.
    std::uint64_t faults_4k, faults_2m;
    std::uint64_t pages_1g; // that were made
};
Statistics statistics();

/// Page faults by what they did, and pages that were entered without one. One core's, or a sum.
struct FaultCounts {
    std::uint64_t small = 0;         // entered a page of 4 KiB
    std::uint64_t large = 0;         // entered one of 2 MiB
    std::uint64_t huge = 0;          // entered one of 1 GiB, always ahead
    std::uint64_t already_there = 0; // another core was faster, or rights had been extended
    std::uint64_t waited = 0;        // for another core or thread that was entering the page
    std::uint64_t lost = 0;          // a page of 2 MiB that was no longer wanted when it was clear
    std::uint64_t ahead_small = 0;   // among `small`, without a fault
    std::uint64_t ahead_large = 0;
};
FaultCounts fault_counts_of(unsigned core);

/// The most of it at a time, in bytes. Kept up only if arch::is_measuring.
struct PeakUse {
    std::uint64_t frames;  // in use, by whomever, those included that cores keep at hand
    std::uint64_t charged; // to the application
    std::uint64_t backed;  // frames that the application holds
};
/// For the report when the system ends: takes no lock. False if another core holds one. `backed`:
/// what the application holds at the end.
bool statistics_at_the_end(Statistics& now, std::uint64_t& backed, PeakUse& peak);

} // namespace hermit::mm::app
