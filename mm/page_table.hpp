// The page-table walker: maps, unmaps, protects and translates ranges in the largest pages that
// fit. Generic over the format, the memory that holds the tables, and where new tables come from,
// so that it runs on the host against fake memory. [thesis] 3.4.1.
#pragma once

#include "page_table_policies.hpp"

#include <base/address.hpp>
#include <base/result.hpp>

#include <cstdint>
#include <optional>

namespace hermit::mm {

/// The tables below one root. Not thread safe but for `translate`, which takes no lock.
///
/// Every operation first makes the tables that it needs (splitting a large page leaves all
/// translations as they are) and then changes entries, which cannot fail: on an error the old
/// mapping is whole.
template <PageTableFormatPolicy Format, class Memory, TableSource Source>
requires TableMemory<Memory, typename Format::Entry>
class PageTable {
  public:
    using Entry = typename Format::Entry;
    using Attributes = typename Format::Attributes;

    constexpr PageTable(PhysAddr root, Memory memory, Source source)
        : root_{root}, memory_{memory}, source_{source} {}

    PhysAddr root() const { return root_; }

    /// Maps `bytes` from `start` to physical memory from `target`, in the largest pages that fit
    /// up to `largest_level`. Errors: kExists if part of the range is mapped, kOutOfMemory.
    Result<void> map(VirtAddr start, PhysAddr target, std::uint64_t bytes, Attributes attributes,
                     unsigned largest_level = Format::kLargestPageLevel) {
        const Span span = check(start, bytes, target.value());
        TRY(prepare(Format::kTopLevel, root_, span, target, largest_level));
        write(Format::kTopLevel, root_, span, target, attributes);
        return {};
    }

    /// An entry that is empty, in a table at `level`; level 0: a page is mapped there.
    struct Vacancy {
        PhysAddr table;
        unsigned index = 0;
        unsigned level = 0;
        Entry seen{};
    };

    /// Where a page at `address` would have to be entered. It can be as large as what an entry of
    /// that level covers. Takes no lock, as `translate`.
    Vacancy vacancy(VirtAddr address) const {
        PhysAddr table = root_;
#pragma GCC unroll 5
        for (unsigned level = Format::kTopLevel; level > 0; --level) {
            const unsigned index = Format::index(address.value(), level);
            const Entry entry = memory_.load(table, index);
            if (entry.is_empty()) {
                return {table, index, level, entry};
            }
            if (entry.is_page(level)) {
                break;
            }
            table = entry.table_address();
        }
        return {};
    }

    /// Enters `entry` for a page whose size is that of an entry at `level`, in a vacancy of this or
    /// a higher level. Needs no lock where the memory can `replace`. Errors: kExists if the vacancy
    /// has changed since, kOutOfMemory; tables that were made stay, and are empty. Returns where it
    /// is now.
    Result<Vacancy> enter(Vacancy vacancy, VirtAddr page, Entry entry, unsigned level) {
        while (vacancy.level > level) {
            const PhysAddr fresh = TRY(source_.allocate_table());
            if (!replace(vacancy.table, vacancy.index, vacancy.seen, Entry::table(fresh))) {
                release(fresh);
                return Error{Errc::kExists, "another core was faster"};
            }
            --vacancy.level;
            vacancy.table = fresh;
            vacancy.index = Format::index(page.value(), vacancy.level);
            vacancy.seen = Entry{};
        }
        if (!replace(vacancy.table, vacancy.index, vacancy.seen, entry)) {
            return Error{Errc::kExists, "page is mapped already"};
        }
        return vacancy;
    }
    /// As `enter`, for a page with its frame.
    Result<void> fill(Vacancy vacancy, VirtAddr page, PhysAddr frame, Attributes attributes,
                      unsigned level) {
        TRY(enter(vacancy, page, Entry::page(frame, attributes, level), level));
        return {};
    }

    /// Maps one page whose size is that of an entry at `level`. Errors: kExists, kOutOfMemory.
    Result<void> map_page(VirtAddr page, PhysAddr frame, Attributes attributes, unsigned level) {
        const Vacancy found = vacancy(page);
        if (found.level < level) {
            return Error{Errc::kExists, "page is mapped already"};
        }
        return fill(found, page, frame, attributes, level);
    }

    /// Unmaps what is mapped in the range. Returns the end of the range, or where it stopped
    /// because the collector was full. Errors: kOutOfMemory when a large page must be split.
    template <UnmapCollector Collector>
    Result<VirtAddr> unmap(VirtAddr start, std::uint64_t bytes, Collector& collector) {
        const Span span = check(start, bytes, 0);
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
        const Span span = check(start, bytes, 0);
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
    /// if they have the same rights and lie in a row; the translations stay as they are. The table
    /// goes to the collector. Returns whether it did.
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
        for (unsigned i = 1; i < Format::kEntries; ++i) {
            if (memory_.load(below, i) !=
                Entry::page(first.address(level - 1) + i * Format::bytes_of(level - 1),
                            first.attributes(), level - 1)) {
                return false;
            }
        }
        memory_.store(table, index,
                      Entry::page(first.address(level - 1), first.attributes(), level));
        collector.table(address.align_down(Format::bytes_of(level)), below);
        return true;
    }

    /// Makes both ends of the range page boundaries, so that a following `unmap` or `protect` of it
    /// cannot fail. Errors: kOutOfMemory.
    Result<void> split(VirtAddr start, std::uint64_t bytes) {
        return split_edges(check(start, bytes, 0));
    }

    /// The translation of an address, present or kept. Errors: kNotFound. Needs no lock where
    /// tables that are taken out live on until the walk is over: while others change entries it
    /// finds the old or the new translation.
    Result<Mapping<Attributes>> translate(VirtAddr address) const {
        if (!Format::is_canonical(address.value())) {
            return Error{Errc::kNotFound, "address is not canonical"};
        }
        PhysAddr table = root_;
        for (unsigned level = Format::kTopLevel; level > 0; --level) {
            const Entry entry = memory_.load(table, Format::index(address.value(), level));
            if (entry.is_empty()) {
                break;
            }
            if (entry.is_page(level)) {
                const std::uint64_t size = Format::bytes_of(level);
                return Mapping<Attributes>{entry.address(level) + (address.value() & (size - 1)),
                                           size, entry.attributes()};
            }
            table = entry.address(level);
        }
        return Error{Errc::kNotFound, "address is not mapped"};
    }

    /// Bytes in the range that have a frame.
    std::uint64_t mapped_bytes(VirtAddr start, std::uint64_t bytes) const {
        std::uint64_t sum = 0;
        const Span span = check(start, bytes, 0);
        for_each_leaf(Format::kTopLevel, root_, span,
                      [&](PhysAddr, unsigned, unsigned level, std::uint64_t page) {
                          const std::uint64_t last = page + (Format::bytes_of(level) - 1);
                          sum += (last < span.last ? last : span.last) -
                                 (page > span.start ? page : span.start) + 1;
                      });
        return sum;
    }

  private:
    static constexpr std::uint64_t kSmallest = Format::bytes_of(1);

    /// A range by its last byte, so that it can end where the address space does.
    struct Span {
        std::uint64_t start;
        std::uint64_t last;
        bool is_whole(unsigned level) const {
            return is_aligned(start, Format::bytes_of(level)) &&
                   last == (start | (Format::bytes_of(level) - 1));
        }
    };

    static Span check(VirtAddr start, std::uint64_t bytes, std::uint64_t target) {
        ASSERT(bytes != 0 && is_aligned(start.value() | bytes | target, kSmallest));
        const Span span{start.value(), start.value() + (bytes - 1)};
        ASSERT(span.start <= span.last && Format::is_canonical(span.start) &&
               Format::is_canonical(span.last));
        return span;
    }

    /// Calls `visit(index, part)` for each entry of a table at `level` that `span` touches, while
    /// it returns true. Returns whether it came to the end.
    template <class Visit>
    static bool each_entry(unsigned level, Span span, Visit visit) {
        for (std::uint64_t at = span.start;;) {
            const std::uint64_t entry_last = at | (Format::bytes_of(level) - 1);
            const std::uint64_t part_last = entry_last < span.last ? entry_last : span.last;
            if (!visit(Format::index(at, level), Span{at, part_last})) {
                return false;
            }
            if (part_last == span.last) {
                return true;
            }
            at = part_last + 1;
        }
    }

    static bool fits(unsigned level, Span part, PhysAddr target, unsigned largest_level) {
        return level <= largest_level && part.is_whole(level) &&
               target.is_aligned(Format::bytes_of(level));
    }

    /// Makes the tables for a mapping, and checks that nothing is in its way.
    Result<void> prepare(unsigned level, PhysAddr table, Span span, PhysAddr target,
                         unsigned largest_level) {
        std::optional<Error> error;
        each_entry(level, span, [&](unsigned index, Span part) {
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

    /// The table that an entry points to, made if the entry is empty. Errors: kOutOfMemory, and
    /// kExists if another core enters a page there.
    Result<PhysAddr> table_below(unsigned level, PhysAddr table, unsigned index, Entry entry) {
        if (entry.is_empty()) {
            const PhysAddr fresh = TRY(source_.allocate_table());
            if (replace(table, index, entry, Entry::table(fresh))) {
                return fresh;
            }
            release(fresh);
            entry = memory_.load(table, index);
        }
        if (entry.is_empty() || entry.is_page(level)) {
            return Error{Errc::kExists, "part of the range is mapped already"};
        }
        return entry.address(level);
    }

    bool replace(PhysAddr table, unsigned index, Entry seen, Entry entry) {
        if constexpr (requires { memory_.replace(table, index, seen, entry); }) {
            return memory_.replace(table, index, seen, entry);
        } else {
            const bool same = memory_.load(table, index) == seen;
            if (same) {
                memory_.store(table, index, entry);
            }
            return same;
        }
    }
    void release(PhysAddr table) {
        if constexpr (requires { source_.release_table(table); }) {
            source_.release_table(table);
        }
    }

    /// Enters the pages of a mapping whose tables are there.
    void write(unsigned level, PhysAddr table, Span span, PhysAddr target, Attributes attributes) {
        each_entry(level, span, [&](unsigned index, Span part) {
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
                Entry::page(entry.address(level) + i * piece, entry.attributes(), level - 1));
        }
        return table;
    }

    /// Clears the entries of a range whose ends are page boundaries. Returns whether it was not
    /// stopped by a full collector.
    template <class Collector>
    bool clear(unsigned level, PhysAddr table, Span span, Collector& collector,
               std::uint64_t& stopped) {
        return each_entry(level, span, [&](unsigned index, Span part) {
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
        each_entry(level, span, [&](unsigned index, Span part) {
            const Entry entry = memory_.load(table, index);
            if (entry.is_page(level)) {
                visit(table, index, level, align_down(part.start, Format::bytes_of(level)));
            } else if (!entry.is_empty()) {
                for_each_leaf(level - 1, entry.address(level), part, visit);
            }
            return true;
        });
    }

    PhysAddr root_;
    Memory memory_;
    Source source_;
};

} // namespace hermit::mm
