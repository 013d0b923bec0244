#include "memory_map.hpp"

#include <base/address.hpp>

#include <algorithm>

namespace hermit::mm {
namespace {

constexpr std::uint64_t kPage = 4 * kKiB;
constexpr std::uint64_t kPhysicalEnd = std::uint64_t{1} << 52;

/// The entry's addresses, cut at the end of physical memory; nonsense becomes empty.
Range bounds(const boot::MemoryRange& entry) {
    if (entry.start >= kPhysicalEnd) {
        return {};
    }
    return {entry.start, entry.start + std::min(entry.bytes, kPhysicalEnd - entry.start)};
}

/// Calls `visit(piece, usable, any)` for each piece between neighbouring edges, in order. Quadratic
/// in the number of entries, which is small, and in need of no memory.
template <class Visit>
void for_each_piece(std::span<const boot::MemoryRange> entries, Visit visit) {
    std::uint64_t position = 0;
    while (position < kPhysicalEnd) {
        std::uint64_t next = kPhysicalEnd;
        bool usable = false;
        bool other = false;
        for (const boot::MemoryRange& entry : entries) {
            const Range range = bounds(entry);
            if (range.start > position) {
                next = std::min(next, range.start);
            } else if (range.end > position) {
                next = std::min(next, range.end);
                (entry.kind == boot::MemoryKind::kUsable ? usable : other) = true;
            }
        }
        visit(Range{position, next}, usable && !other, usable || other);
        position = next;
    }
}

void append(CleanMap& map, Range range) {
    if (range.start >= range.end) {
        return;
    }
    if (map.count != 0 && map.ranges[map.count - 1].end >= range.start) {
        Range& last = map.ranges[map.count - 1];
        last.end = std::max(last.end, range.end);
    } else if (map.count < CleanMap::kCapacity) {
        map.ranges[map.count++] = range;
    }
}

} // namespace

std::uint64_t CleanMap::bytes() const {
    std::uint64_t sum = 0;
    for (const Range& range : view()) {
        sum += range.bytes();
    }
    return sum;
}

void clean_usable(std::span<const boot::MemoryRange> entries, CleanMap& result) {
    result.count = 0;
    // Neighbouring usable pieces are joined before they are rounded: a page that two entries
    // share is whole.
    Range open{};
    const auto close = [&] {
        append(result, {align_up(open.start, kPage), align_down(open.end, kPage)});
        open = {};
    };
    for_each_piece(entries, [&](Range piece, bool usable, bool) {
        if (!usable) {
            close();
        } else if (open.empty()) {
            open = piece;
        } else {
            open.end = piece.end;
        }
    });
    close();
}

void cover_all(std::span<const boot::MemoryRange> entries, std::uint64_t alignment,
               CleanMap& result) {
    result.count = 0;
    for_each_piece(entries, [&](Range piece, bool, bool any) {
        if (any) {
            append(result, {align_down(piece.start, alignment), align_up(piece.end, alignment)});
        }
    });
}

} // namespace hermit::mm
