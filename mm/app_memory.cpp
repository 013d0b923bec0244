// mmap, sbrk and their kin: what the application asks of its address space.
#include <mm/app_memory.hpp>

#include "app_space.hpp"

#include <mm/heap.hpp>

#include <algorithm>
#include <new>

namespace hermit::mm::app {

constinit Protected<AppSpace> space{LockRank::kAppMemory};

Result<void> AppSpace::prepare() {
    while (regions.needs_spare()) {
        void* const node = heap_allocate(sizeof(Region), alignof(Region));
        if (node == nullptr) {
            return Error{Errc::kOutOfMemory, "no kernel memory for a region"};
        }
        regions.add_spare(*::new (node) Region{});
    }
    return {};
}

namespace {

/// What mm needs of the caller's stack, from here down to the frames' lock.
constexpr unsigned kEntryStackPages = 3;

bool is_valid(VirtAddr start, std::uint64_t length) {
    return start.is_aligned(kPage) && length != 0 && length <= kCeiling &&
           start.value() <= kCeiling - length;
}

std::uint64_t mapped_bytes(std::uint64_t start, std::uint64_t end) {
    return page_table.with(
        [=](KernelPageTable& table) { return table.mapped_bytes(VirtAddr{start}, end - start); });
}

/// Makes the ends of a range page boundaries. The space's lock held: else a large page could come
/// into being across one of them.
Result<void> split_pages(std::uint64_t start, std::uint64_t end) {
    return page_table.with(
        [=](KernelPageTable& table) { return table.split(VirtAddr{start}, end - start); });
}

Result<void> charge(AppSpace& app, std::uint64_t bytes, std::uint64_t backed = 0) {
    TRY(frames.with([=](FrameManager& manager) { return manager.promise(bytes - backed); }));
    app.charged_bytes += bytes;
    return {};
}

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

/// Unmaps all but the regions' last trace, which keeps the addresses from being chosen by others.
Result<void> empty_range(std::uint64_t start, std::uint64_t end) {
    TRY(begin_unmap(start, end));
    return release_frames(start, end, false);
}

RegionProperties properties_of(const Protection& protection, std::uint32_t flags) {
    RegionProperties properties;
    properties.protection = protection;
    properties.is_stack = (flags & kStack) != 0;
    properties.is_exempt = properties.is_stack || (protection.write && (flags & kNoReserve) != 0);
    properties.is_charged = protection.write && !properties.is_exempt;
    return properties;
}

/// A place that nobody asked for in particular; `hint` is taken if it is free.
Result<std::uint64_t> choose_place(const AppSpace& app, VirtAddr hint, std::uint64_t length,
                                   std::uint32_t flags) {
    const std::uint64_t alignment =
        (flags & kHugeAligned) != 0 || length >= kLargePage ? kLargePage : kPage;
    const VirtAddr wish = hint.align_up(alignment);
    if (wish.value() >= app.lowest() && is_valid(wish, length) &&
        app.regions.is_free(wish.value(), wish.value() + length)) {
        return wish.value();
    }
    return app.regions.find_gap(length, alignment);
}

/// Enters a mapping at a given address. The range was emptied before if it is to be replaced.
Result<std::uint64_t> take_place(AppSpace& app, VirtAddr place, std::uint64_t length,
                                 bool replaces) {
    const std::uint64_t start = place.value();
    const std::uint64_t end = start + length;
    // Below its own part of the address space only .bss is the application's.
    if (start < app.lowest() && !app.regions.is_covered_or_dying(start, end)) {
        return Error{Errc::kInvalidArgument, "address is not the application's"};
    }
    if (replaces) {
        app.regions.erase_dying(start, end);
    }
    if (!app.regions.is_free(start, end)) {
        return Error{Errc::kExists, "range is mapped already"};
    }
    return start;
}

} // namespace

Result<VirtAddr> map(VirtAddr hint, std::uint64_t length, Protection protection,
                     std::uint32_t flags) {
    back_stack(kEntryStackPages);
    if (length == 0) {
        return Error{Errc::kInvalidArgument, "mapping of no length"};
    }
    if (length > kCeiling) {
        return Error{Errc::kOutOfMemory, "mapping larger than the address space"};
    }
    length = align_up(length, kPage);
    const bool no_replace = (flags & kFixedNoReplace) != 0;
    const bool replaces = (flags & kFixed) != 0 && !no_replace;
    if ((replaces || no_replace) && !is_valid(hint, length)) {
        return Error{Errc::kInvalidArgument, "fixed address"};
    }
    if (replaces) {
        TRY(empty_range(hint.value(), hint.value() + length));
    }
    const RegionProperties properties = properties_of(protection, flags);
    const auto enter = [&](AppSpace& app) -> Result<std::uint64_t> {
        TRY(app.prepare());
        const std::uint64_t place =
            TRY(replaces || no_replace ? take_place(app, hint, length, replaces)
                                       : choose_place(app, hint, length, flags));
        TRY(app.prepare()); // what was replaced may have used the nodes
        if (properties.is_charged) {
            TRY(charge(app, length));
        }
        ++app.changes;
        app.regions.insert(place, place + length, properties);
        return place;
    };
    const std::uint64_t start = TRY(space.with(enter));
    if ((flags & kPopulate) != 0) {
        // The mapping stands even if memory that was not promised is not there.
        static_cast<void>(populate(VirtAddr{start}, length));
    }
    return VirtAddr{start};
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
    Flush flush;
    const auto change = [&](AppSpace& app) -> Result<void> {
        if (!app.regions.is_covered(first, end)) {
            return Error{Errc::kNotFound, "range is not all mapped"};
        }
        TRY(app.prepare());
        TRY(split_pages(first, end));
        std::uint64_t newly_charged = 0;
        std::uint64_t backed = 0;
        app.regions.for_each(first, end,
                             [&](const Region& region, std::uint64_t from, std::uint64_t to) {
                                 if (protection.write && !region.properties.is_charged &&
                                     !region.properties.is_exempt) {
                                     newly_charged += to - from;
                                     backed += mapped_bytes(from, to);
                                 }
                             });
        TRY(charge(app, newly_charged, backed));
        ++app.changes;
        app.regions.update(first, end, [=](RegionProperties& properties) {
            properties.protection = protection;
            // Stays charged when it is no longer writable: what was written is still there.
            properties.is_charged =
                properties.is_charged || (protection.write && !properties.is_exempt);
        });
        return page_table.with([&](KernelPageTable& table) {
            return table.protect(
                start, length, page_attributes(protection),
                [&](VirtAddr page, std::uint64_t bytes) { flush.add(page, bytes); });
        });
    };
    TRY(space.with(change));
    flush.commit();
    return {};
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

Result<void> populate(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to populate"};
    }
    const VirtAddr end = start + length;
    while (start < end) {
        switch (resolve(start, false, false)) {
        case FaultOutcome::kResolved:
            break;
        case FaultOutcome::kOutOfMemory:
            return Error{Errc::kOutOfMemory, "no frames to populate with"};
        case FaultOutcome::kNotMapped:
        case FaultOutcome::kForbidden:
        case FaultOutcome::kGuardPage:
            return Error{Errc::kNotFound, "range is not all mapped"};
        }
        // Another thread may have taken the page away again already.
        auto mapping = unlocked_page_table().translate(start);
        start =
            mapping ? start.align_down(mapping->page_bytes) + mapping->page_bytes : start + kPage;
    }
    return {};
}

Result<VirtAddr> move_break(std::int64_t increment) {
    back_stack(kEntryStackPages);
    std::uint64_t unused_start = 0;
    std::uint64_t unused_end = 0;
    const auto move = [&](AppSpace& app) -> Result<std::uint64_t> {
        const std::uint64_t before = app.heap_break;
        const std::uint64_t after = before + static_cast<std::uint64_t>(increment);
        if (after < app.heap_start || after > app.heap_limit) {
            return Error{Errc::kOutOfMemory, "program break outside of the heap"};
        }
        const std::uint64_t end_before = align_up(before, kPage);
        const std::uint64_t end_after = align_up(after, kPage);
        if (end_after > end_before) {
            TRY(app.prepare());
            if (!app.regions.is_free(end_before, end_after)) {
                return Error{Errc::kOutOfMemory, "something is mapped behind the heap"};
            }
            TRY(charge(app, end_after - end_before));
            ++app.changes;
            app.regions.insert(end_before, end_after,
                               properties_of({.read = true, .write = true}, 0));
        } else {
            unused_start = end_after;
            unused_end = end_before;
        }
        app.heap_break = after;
        return before;
    };
    const std::uint64_t old = TRY(space.with(move));
    if (unused_start != unused_end) {
        TRY(unmap(VirtAddr{unused_start}, unused_end - unused_start));
    }
    return VirtAddr{old};
}

Statistics statistics() {
    back_stack(kEntryStackPages);
    return space.with([](const AppSpace& app) {
        return frames.with([&](const FrameManager& manager) {
            return Statistics{.total_bytes = manager.total_bytes(),
                              .free_bytes = manager.free_bytes(),
                              .committed_bytes = app.charged_bytes,
                              .commit_limit = app.charged_bytes + manager.promisable_bytes(),
                              .faults_4k = app.faults_4k,
                              .faults_2m = app.faults_2m};
        });
    });
}

} // namespace hermit::mm::app
