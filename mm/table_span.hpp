// A range of addresses as the tables of one level divide it.
#pragma once

#include <base/address.hpp>
#include <base/assert.hpp>

#include <cstdint>

namespace hermit::mm {

/// A range by its last byte, so that it can end where the address space does.
template <class Format>
struct TableSpan {
    std::uint64_t start;
    std::uint64_t last;

    /// Not empty, in whole pages, as is `target`, and inside of the address space.
    static TableSpan of(VirtAddr start, std::uint64_t bytes, std::uint64_t target = 0) {
        ASSERT(bytes != 0 && is_aligned(start.value() | bytes | target, Format::bytes_of(1)));
        const TableSpan span{start.value(), start.value() + (bytes - 1)};
        ASSERT(span.start <= span.last && Format::is_canonical(span.start) &&
               Format::is_canonical(span.last));
        return span;
    }

    /// Whether it is all that one entry of a table at `level` covers.
    bool is_whole(unsigned level) const {
        return is_aligned(start, Format::bytes_of(level)) &&
               last == (start | (Format::bytes_of(level) - 1));
    }

    /// Calls `visit(index, part)` for each entry of a table at `level` that it touches, while that
    /// returns true. Returns whether it came to the end.
    template <class Visit>
    bool each_entry(unsigned level, Visit visit) const {
        for (std::uint64_t at = start;;) {
            const std::uint64_t entry_last = at | (Format::bytes_of(level) - 1);
            const std::uint64_t part_last = entry_last < last ? entry_last : last;
            if (!visit(Format::index(at, level), TableSpan{at, part_last})) {
                return false;
            }
            if (part_last == last) {
                return true;
            }
            at = part_last + 1;
        }
    }
};

} // namespace hermit::mm
