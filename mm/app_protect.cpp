// mprotect: other rights for pages that may be there already.
#include "app_space.hpp"
#include "fault_gate.hpp"

#include <algorithm>
#include <optional>

namespace hermit::mm::app {
namespace {

/// How many entries are changed before locks are let go.
constexpr std::uint64_t kEntriesAtOnce = 1024;

/// Whether nothing in the range can be touched now, so that no page fault is backing it.
bool is_all_inaccessible(const AppSpace& app, std::uint64_t start, std::uint64_t end) {
    bool inaccessible = true;
    app.regions.for_each(start, end, [&](const Region& region, std::uint64_t, std::uint64_t) {
        inaccessible = inaccessible && !page_attributes(region.properties.protection).readable;
    });
    return inaccessible;
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

/// Enters the rights into the regions, from which page faults take them from here on.
Result<void> change_regions(AppSpace& app, std::uint64_t start, std::uint64_t end,
                            Protection protection) {
    TRY(app.prepare());
    TRY(split_pages(start, end));
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

/// Gives pages the rights of their regions, which another thread may have changed again. Returns
/// how far it came. The space's lock held.
std::uint64_t change_pages(const AppSpace& app, std::uint64_t start, std::uint64_t end,
                           Flush& flush) {
    return page_table.with([&](KernelPageTable& table) {
        for (std::uint64_t entries = 0; start < end && entries < kEntriesAtOnce; ++entries) {
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
                // Cannot fail: the ends of the range are page boundaries already.
                static_cast<void>(table.protect(
                    VirtAddr{start}, stop - start, page_attributes(region->properties.protection),
                    [&](VirtAddr changed, std::uint64_t bytes) { flush.add(changed, bytes); }));
                entries += !page || page->page_bytes == kPage ? (stop - start) / kPage : 0;
            }
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
    bool needs_guard = false;
    const auto change = [&](AppSpace& app) -> Result<void> {
        if (!app.regions.is_covered(first, end)) {
            return Error{Errc::kNotFound, "range is not all mapped"};
        }
        needs_guard = !guard && !is_all_inaccessible(app, first, end);
        return needs_guard ? Result<void>{} : change_regions(app, first, end, protection);
    };
    TRY(space.with(change));
    if (needs_guard) {
        guard.emplace();
        TRY(space.with(change));
    }
    Flush flush;
    for (std::uint64_t at = first; at < end;) {
        at = space.with([&](const AppSpace& app) { return change_pages(app, at, end, flush); });
    }
    flush.commit();
    return {};
}

} // namespace hermit::mm::app
