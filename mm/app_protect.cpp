// mprotect, and the wish for small pages: other properties for what may be backed already.
#include "app_space.hpp"
#include "fault_gate.hpp"

#include <algorithm>
#include <optional>

namespace hermit::mm::app {
namespace {

/// How many entries are changed before locks are let go.
constexpr std::uint64_t kEntriesAtOnce = 1024;

/// Whether nothing is in the range, and no page fault is about to put something there.
bool is_untouchable(const AppSpace& app, std::uint64_t start, std::uint64_t end) {
    bool inaccessible = true;
    app.regions.for_each(start, end, [&](const Region& region, std::uint64_t, std::uint64_t) {
        inaccessible = inaccessible && !page_attributes(region.properties.protection).readable;
    });
    return inaccessible && mapped_bytes(start, end) == 0;
}

/// Charges what becomes writable.
Result<void> charge_writable(AppSpace& app, std::uint64_t start, std::uint64_t end) {
    std::uint64_t newly_charged = 0;
    std::uint64_t backed = 0;
    app.regions.for_each(start, end,
                         [&](const Region& region, std::uint64_t from, std::uint64_t to) {
                             if (!region.properties.is_charged && !region.properties.is_exempt) {
                                 newly_charged += to - from;
                                 backed += mapped_bytes(from, to);
                             }
                         });
    return charge(app, newly_charged, backed);
}

/// Makes the ends of the range and the borders of regions in it page boundaries: a wish for small
/// pages puts a border into a large page.
Result<void> split_at_regions(const AppSpace& app, std::uint64_t start, std::uint64_t end) {
    Result<void> result;
    app.regions.for_each(start, end, [&](const Region&, std::uint64_t from, std::uint64_t to) {
        if (result) {
            result = split_pages(from, to);
        }
    });
    return result;
}

/// Enters the rights into the regions, from which page faults take them from here on.
Result<void> change_regions(AppSpace& app, std::uint64_t start, std::uint64_t end,
                            Protection protection) {
    TRY(app.prepare(app.regions.cuts(start, end)));
    TRY(split_at_regions(app, start, end));
    if (protection.write) {
        TRY(charge_writable(app, start, end));
    }
    space_state.changed();
    app.regions.update(start, end, [=](RegionProperties& properties) {
        properties.protection = protection;
        // Stays charged when it is no longer writable: what was written is still there.
        properties.is_charged =
            properties.is_charged || (protection.write && !properties.is_exempt);
    });
    return {};
}

/// What had to be split for rights that differed may be whole again, now that the pages of a region
/// have its rights. A page around `at` to which that happened lately stays in pieces, unless it
/// lies in `changed` as a whole.
void join_pages(AppSpace& app, KernelPageTable& table, const Region& region, std::uint64_t at,
                Range changed, Unmapped& unmapped) {
    for (const unsigned level : {arch::Size2M::kLevel, arch::Size1G::kLevel}) {
        const std::uint64_t bytes = arch::PageTableFormat::bytes_of(level);
        const std::uint64_t page = align_down(at, bytes);
        const bool is_all = changed.start <= page && changed.end >= page + bytes;
        if (region.start <= page && region.end >= page + bytes && !region.properties.is_small &&
            (is_all || !app.rejoined.contains(page | level)) &&
            table.join(VirtAddr{page}, level, unmapped) && !is_all) {
            app.rejoined.add(page | level);
        }
    }
}

/// Gives pages the rights of their regions, which another thread may have changed again. Returns
/// how far it came from `start` in `range`. The space's lock held.
std::uint64_t change_pages(AppSpace& app, std::uint64_t start, Range range, Unmapped& unmapped) {
    const std::uint64_t end = range.end;
    return page_table.with([&](KernelPageTable& table) {
        for (std::uint64_t entries = 0; start < end && entries < kEntriesAtOnce && !unmapped.full();
             ++entries) {
            const Region* const region = app.regions.first_above(start);
            if (region == nullptr || region->start >= end) {
                return end;
            }
            start = std::max(start, region->start);
            const auto vacancy = table.vacancy(VirtAddr{start});
            // An entry at a time; where it leads to a table of small pages, all of them.
            auto page = table.translate(VirtAddr{start});
            const std::uint64_t piece =
                page            ? std::max(page->page_bytes, kLargePage)
                : vacancy.level ? arch::PageTableFormat::bytes_of(std::max(vacancy.level, 2u))
                                : kLargePage;
            const std::uint64_t stop =
                std::min({align_down(start, piece) + piece, region->end, end});
            if (vacancy.level < arch::Size2M::kLevel && !region->properties.is_dying) {
                // Cannot fail: the ends are page boundaries already, see split_at_regions().
                static_cast<void>(table.protect(VirtAddr{start}, stop - start,
                                                page_attributes(region->properties.protection),
                                                [&](VirtAddr changed, std::uint64_t bytes) {
                                                    unmapped.changed(changed, bytes);
                                                }));
                entries += !page || page->page_bytes == kPage ? (stop - start) / kPage : 0;
            }
            join_pages(app, table, *region, start, range, unmapped);
            start = stop;
        }
        return start;
    });
}

} // namespace

Result<void> protect(VirtAddr start, std::uint64_t length, Protection protection) {
    back_stack(kEntryStackPages);
    if (length == 0) {
        return {};
    }
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to protect"};
    }
    const std::uint64_t first = start.value();
    const std::uint64_t end = first + length;
    // Pages that are being backed with the old rights are finished before the new ones are
    // entered; where none can be (reserved memory becomes usable), there is nothing to wait for.
    std::optional<ChangeGuard> guard;
    bool is_done = false;
    const auto change = [&](AppSpace& app) -> Result<void> {
        if (!app.regions.is_covered(first, end)) {
            return Error{Errc::kNotFound, "range is not all mapped"};
        }
        is_done = is_untouchable(app, first, end);
        return is_done || guard ? change_regions(app, first, end, protection) : Result<void>{};
    };
    TRY(space.with(change));
    if (!is_done) {
        guard.emplace();
        TRY(space.with(change));
        Unmapped unmapped;
        for (std::uint64_t at = first; at < end && !is_done;) {
            at = space.with([&](AppSpace& app) {
                return change_pages(app, at, {first, end}, unmapped);
            });
            if (unmapped.full()) {
                unmapped.release();
            }
        }
        unmapped.release();
        guard.reset();
    }
    if (always_populates() && protection.write) {
        static_cast<void>(populate(start, length));
    }
    return {};
}

Result<void> prefer_small_pages(VirtAddr start, std::uint64_t length, bool small) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to advise on"};
    }
    const std::uint64_t first = start.value();
    const std::uint64_t end = first + length;
    return space.with([=](AppSpace& app) -> Result<void> {
        if (!app.regions.is_covered(first, end)) {
            return Error{Errc::kNotFound, "range is not all mapped"};
        }
        TRY(app.prepare(app.regions.cuts(first, end)));
        space_state.changed();
        app.regions.update(first, end,
                           [=](RegionProperties& properties) { properties.is_small = small; });
        return {};
    });
}

} // namespace hermit::mm::app
