// The page-table walker: maps, unmaps, protects ranges in the largest pages that fit. Generic over
// the format, the memory that holds the tables, and where new tables come from, so that it runs on
// the host against fake memory. [thesis] 3.4.1.
#pragma once

#include "page_entries.hpp"
#include "table_span.hpp"

#include <base/address.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <optional>

namespace hermit::mm {

/// The tables below one root. Not thread safe but for what is inherited.
///
/// Every operation first makes the tables that it needs (splitting a large page leaves all
/// translations as they are) and then changes entries, which cannot fail: on an error the old
/// mapping is whole.
template <PageTableFormatPolicy Format, class Memory, TableSource Source>
requires TableMemory<Memory, typename Format::Entry>
class PageTable : public PageEntries<Format, Memory, Source> {
    using Entries = PageEntries<Format, Memory, Source>;
    using Span = TableSpan<Format>;
    using Entries::memory_;
    using Entries::root_;
    using Entries::source_;
    using Entries::table_below;

  public:
    using Entries::Entries;
    using typename Entries::Attributes;
    using typename Entries::Entry;

    /// Maps `bytes` from `start` to physical memory from `target`, in the largest pages that fit
    /// up to `largest_level`. Errors: kExists if part of the range is mapped, kOutOfMemory.
    Result<void> map(VirtAddr start, PhysAddr target, std::uint64_t bytes, Attributes attributes,
                     unsigned largest_level = Format::kLargestPageLevel) {
        const Span span = Span::of(start, bytes, target.value());
        TRY(prepare(Format::kTopLevel, root_, span, target, largest_level));
        write(Format::kTopLevel, root_, span, target, attributes);
        return {};
    }

    /// Unmaps what is mapped in the range. Returns the end of the range, or where it stopped
    /// because the collector was full. Errors: kOutOfMemory when a large page must be split.
    template <UnmapCollector Collector>
    Result<VirtAddr> unmap(VirtAddr start, std::uint64_t bytes, Collector& collector) {
        const Span span = Span::of(start, bytes);
        TRY(split_edges(span));
        std::uint64_t stopped = span.last + 1;
        clear(Format::kTopLevel, root_, span, collector, stopped);
        return VirtAddr{stopped};
    }

    /// Gives other rights to what is mapped in the range. `changed(page, bytes)` is called for
    /// each page of which processors must forget the old translation. Errors: kOutOfMemory.
    template <class Changed>
    Result<void> protect(VirtAddr start, std::uint64_t bytes, Attributes attributes,
                         Changed changed) {
        const Span span = Span::of(start, bytes);
        TRY(split_edges(span));
        for_each_leaf(Format::kTopLevel, root_, span,
                      [&](PhysAddr table, unsigned index, unsigned level, std::uint64_t page) {
                          const Entry old = memory_.load(table, index);
                          const Entry entry = Entry::page(old.address(level), attributes, level);
                          memory_.store(table, index, entry);
                          if (Format::needs_flush(old.attributes(), attributes)) {
                              changed(VirtAddr{page}, Format::bytes_of(level));
                          }
                      });
        return {};
    }

    /// Makes one page of those below the table that an entry at `level` around `address` points to,
    /// if they have the same rights and lie in a row, used or not; the translations stay as they
    /// are. The table goes to the collector. Returns whether it did.
    template <UnmapCollector Collector>
    bool join(VirtAddr address, unsigned level, Collector& collector) {
        PhysAddr table = root_;
        for (unsigned at = Format::kTopLevel; at > level; --at) {
            const Entry entry = memory_.load(table, Format::index(address.value(), at));
            if (entry.is_empty() || entry.is_page(at)) {
                return false;
            }
            table = entry.address(at);
        }
        const unsigned index = Format::index(address.value(), level);
        const Entry pieces = memory_.load(table, index);
        if (pieces.is_empty() || pieces.is_page(level)) {
            return false;
        }
        const PhysAddr below = pieces.address(level);
        const Entry first = memory_.load(below, 0);
        if (!first.is_page(level - 1) ||
            !first.address(level - 1).is_aligned(Format::bytes_of(level))) {
            return false;
        }
        Entry joined = Entry::page(first.address(level - 1), first.attributes(), level);
        for (unsigned i = 0; i < Format::kEntries; ++i) {
            const Entry piece = memory_.load(below, i);
            const PhysAddr expected = first.address(level - 1) + i * Format::bytes_of(level - 1);
            if (!piece.maps_as(Entry::page(expected, first.attributes(), level - 1))) {
                return false;
            }
            joined = joined.with_use_of(piece);
        }
        memory_.store(table, index, joined);
        collector.table(address.align_down(Format::bytes_of(level)), below);
        return true;
    }

    /// Makes both ends of the range page boundaries, so that a following `unmap` or `protect` of it
    /// cannot fail. Errors: kOutOfMemory.
    Result<void> split(VirtAddr start, std::uint64_t bytes) {
        return split_edges(Span::of(start, bytes));
    }

    /// Bytes in the range that have a frame.
    std::uint64_t mapped_bytes(VirtAddr start, std::uint64_t bytes) const {
        std::uint64_t sum = 0;
        const Span span = Span::of(start, bytes);
        for_each_leaf(Format::kTopLevel, root_, span,
                      [&](PhysAddr, unsigned, unsigned level, std::uint64_t page) {
                          const std::uint64_t last = page + (Format::bytes_of(level) - 1);
                          sum += (last < span.last ? last : span.last) -
                                 (page > span.start ? page : span.start) + 1;
                      });
        return sum;
    }

  private:
    static bool fits(unsigned level, Span part, PhysAddr target, unsigned largest_level) {
        return level <= largest_level && part.is_whole(level) &&
               target.is_aligned(Format::bytes_of(level));
    }

    /// Makes the tables for a mapping, and checks that nothing is in its way.
    Result<void> prepare(unsigned level, PhysAddr table, Span span, PhysAddr target,
                         unsigned largest_level) {
        std::optional<Error> error;
        span.each_entry(level, [&](unsigned index, Span part) {
            const Entry entry = memory_.load(table, index);
            const PhysAddr part_target = target + (part.start - span.start);
            if (entry.is_page(level)) {
                error = Error{Errc::kExists, "part of the range is mapped already"};
                return false;
            }
            if (entry.is_empty() && fits(level, part, part_target, largest_level)) {
                return true;
            }
            auto below = table_below(level, table, index, entry);
            if (!below) {
                error = below.error();
                return false;
            }
            auto prepared = prepare(level - 1, *below, part, part_target, largest_level);
            if (!prepared) {
                error = prepared.error();
                return false;
            }
            return true;
        });
        if (error) {
            return *error;
        }
        return {};
    }

    /// Enters the pages of a mapping whose tables are there.
    void write(unsigned level, PhysAddr table, Span span, PhysAddr target, Attributes attributes) {
        span.each_entry(level, [&](unsigned index, Span part) {
            const Entry entry = memory_.load(table, index);
            const PhysAddr part_target = target + (part.start - span.start);
            if (entry.is_empty()) {
                memory_.store(table, index, Entry::page(part_target, attributes, level));
            } else {
                write(level - 1, entry.address(level), part, part_target, attributes);
            }
            return true;
        });
    }

    Result<void> split_edges(Span span) {
        TRY(split_at(span.start));
        if (span.last != UINT64_MAX && Format::is_canonical(span.last + 1)) {
            TRY(split_at(span.last + 1));
        }
        return {};
    }

    /// Makes `address` a page boundary: large pages that it lies inside of become smaller ones with
    /// the same translation.
    Result<void> split_at(std::uint64_t address) {
        PhysAddr table = root_;
        for (unsigned level = Format::kTopLevel; level > 1; --level) {
            const unsigned index = Format::index(address, level);
            const Entry entry = memory_.load(table, index);
            if (entry.is_empty() || is_aligned(address, Format::bytes_of(level))) {
                return {};
            }
            if (entry.is_page(level)) {
                const PhysAddr pieces = TRY(split_page(entry, level));
                memory_.store(table, index, Entry::table(pieces));
                table = pieces;
            } else {
                table = entry.address(level);
            }
        }
        return {};
    }

    Result<PhysAddr> split_page(Entry entry, unsigned level) {
        const PhysAddr table = TRY(source_.allocate_table());
        const std::uint64_t piece = Format::bytes_of(level - 1);
        for (unsigned i = 0; i < Format::kEntries; ++i) {
            memory_.store(
                table, i,
                Entry::page(entry.address(level) + i * piece, entry.attributes(), level - 1)
                    .with_use_of(entry));
        }
        return table;
    }

    /// Clears the entries of a range whose ends are page boundaries. Returns whether it was not
    /// stopped by a full collector.
    template <class Collector>
    bool clear(unsigned level, PhysAddr table, Span span, Collector& collector,
               std::uint64_t& stopped) {
        return span.each_entry(level, [&](unsigned index, Span part) {
            const Entry entry = memory_.load(table, index);
            if (entry.is_empty()) {
                return true;
            }
            if (collector.full()) {
                stopped = part.start;
                return false;
            }
            if (entry.is_page(level)) {
                memory_.store(table, index, Entry{});
                collector.page(VirtAddr{part.start}, entry.address(level), Format::bytes_of(level));
                return true;
            }
            const PhysAddr below = entry.address(level);
            if (!clear(level - 1, below, part, collector, stopped)) {
                return false;
            }
            // The tables right under the root stay: they are few.
            if (level < Format::kTopLevel && is_unused(below)) {
                if (collector.full()) {
                    stopped = part.start;
                    return false;
                }
                memory_.store(table, index, Entry{});
                collector.table(VirtAddr{part.start}, below);
            }
            return true;
        });
    }

    bool is_unused(PhysAddr table) const {
        for (unsigned i = 0; i < Format::kEntries; ++i) {
            if (!memory_.load(table, i).is_empty()) {
                return false;
            }
        }
        return true;
    }

    /// Calls `visit(table, index, level, page)` for each page that `span` touches.
    template <class Visit>
    void for_each_leaf(unsigned level, PhysAddr table, Span span, Visit visit) const {
        span.each_entry(level, [&](unsigned index, Span part) {
            const Entry entry = memory_.load(table, index);
            if (entry.is_page(level)) {
                visit(table, index, level, align_down(part.start, Format::bytes_of(level)));
            } else if (!entry.is_empty()) {
                for_each_leaf(level - 1, entry.address(level), part, visit);
            }
            return true;
        });
    }
};

} // namespace hermit::mm
