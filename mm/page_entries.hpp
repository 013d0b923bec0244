// Single entries of page tables: looking them up, and filling empty ones, which several cores can
// do at the same time without a lock.
#pragma once

#include "page_table_policies.hpp"

#include <base/address.hpp>
#include <base/result.hpp>

#include <cstdint>

namespace hermit::mm {

/// The tables below one root, an entry at a time: what PageTable's operations on ranges stand on.
template <PageTableFormatPolicy Format, class Memory, TableSource Source>
requires TableMemory<Memory, typename Format::Entry>
class PageEntries {
  public:
    using Entry = typename Format::Entry;
    using Attributes = typename Format::Attributes;

    constexpr PageEntries(PhysAddr root, Memory memory, Source source)
        : root_{root}, memory_{memory}, source_{source} {}

    PhysAddr root() const { return root_; }

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

  protected:
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

    PhysAddr root_;
    Memory memory_;
    Source source_;
};

} // namespace hermit::mm
