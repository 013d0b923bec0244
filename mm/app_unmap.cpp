// munmap and MADV_DONTNEED: how pages leave the application's address space.
#include "app_space.hpp"

#include <algorithm>

namespace hermit::mm::app {
namespace {

/// Takes the frames of a range away, in rounds: under the lock from the page table, and when all
/// cores have forgotten them, back to the manager. `keep_promise`: what was charged can be touched
/// again. Errors: kOutOfMemory when a large page must be split.
Result<void> release_frames(std::uint64_t start, std::uint64_t end, bool keep_promise) {
    while (start < end) {
        Unmapped unmapped;
        const auto take = [&](AppSpace& app) -> Result<void> {
            // One region at a time: whether its frames were promised is the same for all of it.
            const Region* const region = app.regions.first_above(start);
            if (region == nullptr || region->start >= end) {
                start = end;
                return {};
            }
            const std::uint64_t from = std::max(start, region->start);
            const std::uint64_t to = std::min(end, region->end);
            const VirtAddr reached = TRY(page_table.with([&](KernelPageTable& table) {
                return table.unmap(VirtAddr{from}, to - from, unmapped);
            }));
            start = reached.value();
            if (keep_promise && region->properties.is_charged) {
                const auto bytes = static_cast<std::int64_t>(unmapped.page_bytes());
                frames.with([=](FrameManager& manager) { manager.release_promise(-bytes); });
            }
            return {};
        };
        TRY(space.with(take));
        unmapped.release();
    }
    return {};
}

/// Ends the use of a range: its regions are dying from here on, so that their addresses stay taken
/// until the last frame is gone. Takes back what was promised for them.
Result<void> begin_unmap(std::uint64_t start, std::uint64_t end) {
    return space.with([=](AppSpace& app) -> Result<void> {
        TRY(app.prepare());
        TRY(split_pages(start, end));
        std::uint64_t promised = 0;
        app.regions.for_each(start, end,
                             [&](const Region& region, std::uint64_t from, std::uint64_t to) {
                                 if (region.properties.is_charged) {
                                     app.charged_bytes -= to - from;
                                     promised += to - from - mapped_bytes(from, to);
                                 }
                             });
        frames.with([=](FrameManager& manager) {
            manager.release_promise(static_cast<std::int64_t>(promised));
        });
        ++app.changes;
        app.regions.update(start, end, [](RegionProperties& properties) {
            properties = {};
            properties.is_dying = true;
        });
        return {};
    });
}

} // namespace

Result<void> empty_range(std::uint64_t start, std::uint64_t end) {
    TRY(begin_unmap(start, end));
    return release_frames(start, end, false);
}

Result<void> unmap(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to unmap"};
    }
    const std::uint64_t first = start.value();
    const std::uint64_t end = first + length;
    TRY(empty_range(first, end));
    return space.with([=](AppSpace& app) -> Result<void> {
        TRY(app.prepare());
        ++app.changes;
        app.regions.erase_dying(first, end);
        return {};
    });
}

Result<void> discard(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    if (length == 0) {
        return {};
    }
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to discard"};
    }
    const std::uint64_t end = start.value() + length;
    const bool covered =
        space.with([=](AppSpace& app) { return app.regions.is_covered(start.value(), end); });
    if (!covered) {
        return Error{Errc::kNotFound, "range is not all mapped"};
    }
    return release_frames(start.value(), end, true);
}

} // namespace hermit::mm::app
