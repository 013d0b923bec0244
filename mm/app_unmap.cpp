// munmap and MADV_DONTNEED: how pages leave the application's address space.
#include "app_space.hpp"
#include "fault_gate.hpp"

#include <arch/ledger.hpp>

#include <algorithm>

namespace hermit::mm::app {
namespace {

/// One round: takes frames from the page table, as many as can be collected. Returns how far it
/// came. The space's lock held. Errors: kOutOfMemory when a large page must be split.
Result<std::uint64_t> take_frames(AppSpace& app, std::uint64_t start, std::uint64_t end,
                                  std::uint32_t unmapper, Promise promise, Unmapped& unmapped) {
    // One region at a time: whether its frames were promised is the same for all of it.
    const Region* const region = app.regions.first_above(start);
    if (region == nullptr || region->start >= end) {
        return end;
    }
    const std::uint64_t from = std::max(start, region->start);
    const std::uint64_t to = std::min(end, region->end);
    if (region->properties.unmapper != unmapper) {
        return to; // somebody else takes it away
    }
    const VirtAddr reached = TRY(page_table.with(
        [&](KernelPageTable& table) { return table.unmap(VirtAddr{from}, to - from, unmapped); }));
    if (arch::is_measuring) {
        app.note_peaks();
    }
    app.released_bytes += unmapped.page_bytes();
    if (region->properties.is_charged) {
        const auto backed = static_cast<std::int64_t>(unmapped.page_bytes());
        const auto touched = static_cast<std::int64_t>(reached.value() - from);
        frames.with([=](FrameManager& manager) {
            // What is kept can be touched again; what goes was promised where it was not backed.
            manager.release_promise(promise == Promise::kKept ? -backed : touched - backed);
        });
    }
    return reached.value();
}

/// Ends the use of a range: its regions are dying from here on, so that their addresses stay taken
/// until the last frame is gone.
Result<std::uint32_t> begin_unmap(std::uint64_t start, std::uint64_t end) {
    return space.with([=](AppSpace& app) -> Result<std::uint32_t> {
        TRY(app.prepare(app.regions.cuts(start, end)));
        TRY(split_pages(start, end));
        if (arch::is_measuring) {
            app.note_peaks();
        }
        const std::uint32_t unmapper = app.new_unmapper();
        app.charged_bytes -= mark_dying(app, start, end, unmapper);
        return unmapper;
    });
}

} // namespace

std::uint32_t AppSpace::new_unmapper() {
    last_unmapper = std::max(last_unmapper + 1, 1u);
    return last_unmapper;
}

std::uint64_t mark_dying(AppSpace& app, std::uint64_t start, std::uint64_t end,
                         std::uint32_t unmapper) {
    space_state.changed();
    app.regions.update(start, end, [=](RegionProperties& properties) {
        if (!properties.is_dying) {
            const bool is_charged = properties.is_charged;
            properties = {};
            properties.is_charged = is_charged;
            properties.is_dying = true;
            properties.unmapper = unmapper;
        }
    });
    std::uint64_t charged = 0;
    app.regions.for_each(start, end,
                         [&](const Region& region, std::uint64_t from, std::uint64_t to) {
                             if (region.properties.unmapper == unmapper) {
                                 charged += region.properties.is_charged ? to - from : 0;
                             }
                         });
    return charged;
}

Result<void> release_frames(std::uint64_t start, std::uint64_t end, std::uint32_t unmapper,
                            Promise promise) {
    while (start < end) {
        Unmapped unmapped;
        start = TRY(space.with([&](AppSpace& app) {
            return take_frames(app, start, end, unmapper, promise, unmapped);
        }));
        unmapped.release();
    }
    return {};
}

Result<void> unmap(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to unmap"};
    }
    const std::uint64_t first = start.value();
    const std::uint64_t end = first + length;
    const ChangeGuard faults_take_the_lock;
    const std::uint32_t unmapper = TRY(begin_unmap(first, end));
    static_cast<void>(release_frames(first, end, unmapper, Promise::kReleased));
    // Whole regions go, so no node is needed.
    space.with([=](AppSpace& app) {
        app.regions.erase_dying(first, end, unmapper);
        app.trim();
    });
    return {};
}

namespace {

Result<void> check_discard(VirtAddr start, std::uint64_t length) {
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to discard"};
    }
    const bool covered = space.with([=](AppSpace& app) {
        return app.regions.is_covered(start.value(), start.value() + length);
    });
    if (!covered) {
        return Error{Errc::kNotFound, "range is not all mapped"};
    }
    return {};
}

} // namespace

Result<void> discard(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (length == 0) {
        return {};
    }
    TRY(check_discard(start, length));
    const ChangeGuard faults_take_the_lock;
    return release_frames(start.value(), start.value() + length, kNobody, Promise::kKept);
}

Result<void> discard_unpromised(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (length == 0) {
        return {};
    }
    TRY(check_discard(start, length));
    std::uint64_t at = start.value();
    const std::uint64_t end = at + length;
    while (at < end) {
        bool is_exempt = false;
        const std::uint64_t from = at;
        at = space.with([&](AppSpace& app) {
            const Region* const region = app.regions.first_above(from);
            if (region == nullptr || region->start > from) {
                return region == nullptr ? end : std::min(region->start, end); // gone meanwhile
            }
            is_exempt = region->properties.is_exempt;
            return std::min(region->end, end);
        });
        if (is_exempt) {
            const ChangeGuard faults_take_the_lock;
            TRY(release_frames(from, at, kNobody, Promise::kKept));
        }
    }
    return {};
}

} // namespace hermit::mm::app
