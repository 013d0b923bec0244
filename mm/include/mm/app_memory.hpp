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

/// Drops contents but keeps the mapping (MADV_DONTNEED): next touch reads zeros.
Result<void> discard(VirtAddr start, std::uint64_t length);

/// Backs the range now. Errors: kOutOfMemory, kNotFound if not all is mapped.
Result<void> populate(VirtAddr start, std::uint64_t length);

/// Moves the program break by `increment` bytes and returns the old one. Errors: kOutOfMemory.
Result<VirtAddr> move_break(std::int64_t increment);

enum class FaultOutcome : std::uint8_t {
    kResolved,
    kNotMapped,
    kForbidden,
    kGuardPage,
    kOutOfMemory
};

/// Resolves a first touch. `error_code` as the processor reports it. Interrupts off.
FaultOutcome handle_fault(VirtAddr address, std::uint64_t error_code);

struct Statistics {
    std::uint64_t total_bytes, free_bytes, committed_bytes, commit_limit;
    std::uint64_t faults_4k, faults_2m;
};
Statistics statistics();

} // namespace hermit::mm::app
