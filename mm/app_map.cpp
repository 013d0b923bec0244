// mmap: where a mapping goes, and backing it at once.
#include "app_space.hpp"

namespace hermit::mm::app {
namespace {

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

/// Whether the application may map there: in its own part of the address space, and in place of its
/// .bss below.
bool is_permitted(const AppSpace& app, VirtAddr place, std::uint64_t length) {
    return place.value() >= app.lowest() ||
           app.regions.is_covered_or_dying(place.value(), place.value() + length);
}

/// Enters a mapping at a given address. The range was emptied before if it is to be replaced.
Result<std::uint64_t> take_place(AppSpace& app, VirtAddr place, std::uint64_t length,
                                 bool replaces) {
    const std::uint64_t start = place.value();
    const std::uint64_t end = start + length;
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
    if (replaces || no_replace) {
        const bool permitted = is_valid(hint, length) && space.with([=](AppSpace& app) {
            return is_permitted(app, hint, length);
        });
        if (!permitted) {
            return Error{Errc::kInvalidArgument, "fixed address"};
        }
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

} // namespace hermit::mm::app
