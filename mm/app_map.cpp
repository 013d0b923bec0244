// mmap: where a mapping goes. In place of another: see app_replace.cpp.
#include "app_space.hpp"
#include "fault_gate.hpp"

namespace hermit::mm::app {
namespace {

/// A place that nobody asked for in particular; `hint` is taken if it is free.
Result<std::uint64_t> choose_place(const AppSpace& app, VirtAddr hint, std::uint64_t length,
                                   std::uint32_t flags) {
    const bool is_populated = (flags & kPopulate) != 0 || always_populates();
    const std::uint64_t alignment = is_populated && length >= kGiB ? kGiB
                                    : (flags & kHugeAligned) != 0 || length >= kLargePage
                                        ? kLargePage
                                        : kPage;
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

/// Maps where nothing is: at a given address, or anywhere. Returns where.
Result<std::uint64_t> map_free(VirtAddr hint, std::uint64_t length,
                               const RegionProperties& properties, std::uint32_t flags) {
    return space.with([&](AppSpace& app) -> Result<std::uint64_t> {
        std::uint64_t start = hint.value();
        if ((flags & kFixedNoReplace) == 0) {
            start = TRY(choose_place(app, hint, length, flags));
        } else if (!app.regions.is_free(start, start + length)) {
            return Error{Errc::kExists, "range is mapped already"};
        }
        TRY(app.prepare());
        if (properties.is_charged) {
            TRY(charge(app, length));
        }
        space_state.changed();
        app.regions.insert(start, start + length, properties);
        return start;
    });
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
    const RegionProperties properties = properties_of(protection, flags);
    std::uint64_t start = hint.value();
    if (replaces) {
        TRY(replace(start, length, properties));
    } else {
        start = TRY(map_free(hint, length, properties, flags));
    }
    if ((flags & kPopulate) != 0 || (always_populates() && properties.is_charged)) {
        // The mapping stands even if memory that was not promised is not there.
        static_cast<void>(populate(VirtAddr{start}, length));
    }
    return VirtAddr{start};
}

} // namespace hermit::mm::app
