// From the firmware's memory map to ranges that can be trusted.
#pragma once

#include "free_list.hpp"

#include <boot/boot_info.hpp>

#include <cstddef>
#include <span>

namespace hermit::mm {

/// Disjoint, sorted, page-aligned ranges that do not touch each other.
struct CleanMap {
    /// Every range of the input can at worst be cut into two by each other one that overlaps it;
    /// sorted edges bound the pieces by the number of edges.
    static constexpr std::size_t kCapacity = 2 * boot::kMaxMemoryRanges;
    Range ranges[kCapacity];
    std::size_t count = 0;

    std::span<const Range> view() const { return {ranges, count}; }
    std::uint64_t bytes() const;
};

/// The memory that is usable by all accounts: described as usable, and by no overlapping entry as
/// something else. Entries may be unsorted, overlap, be unaligned, empty, or reach beyond 2^52
/// (where physical addresses end); usable memory is rounded inwards to 4 KiB.
void clean_usable(std::span<const boot::MemoryRange> entries, CleanMap& result);

/// Everything that the map describes, of whatever kind, rounded outwards to `alignment` and
/// joined: what a direct map should cover.
void cover_all(std::span<const boot::MemoryRange> entries, std::uint64_t alignment,
               CleanMap& result);

} // namespace hermit::mm
