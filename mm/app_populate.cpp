// Backing memory before it is touched.
#include "app_space.hpp"

#include <atomic>

namespace hermit::mm::app {
namespace {

constinit std::atomic<bool> populates{false};

} // namespace

bool always_populates() { return populates.load(std::memory_order_relaxed); }

void populate_always(bool on) { populates.store(on, std::memory_order_relaxed); }

Result<void> populate(VirtAddr start, std::uint64_t length) {
    back_stack(kEntryStackPages);
    length = align_up(length, kPage);
    if (!is_valid(start, length)) {
        return Error{Errc::kInvalidArgument, "range to populate"};
    }
    const VirtAddr end = start + length;
    while (start < end) {
        if (start.is_aligned(kGiB) && end - start >= kGiB && populate_gib(start)) {
            start = start + kGiB;
            continue;
        }
        switch (resolve_ahead(start)) {
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

Result<void> populate_all() {
    back_stack(kEntryStackPages);
    std::uint64_t at = 0;
    for (;;) {
        Region next;
        const bool found = space.with([&](const AppSpace& app) {
            const Region* const region = app.regions.first_above(at);
            if (region != nullptr) {
                next = *region;
            }
            return region != nullptr;
        });
        if (!found) {
            return {};
        }
        at = next.end;
        const bool is_usable = next.properties.is_charged && !next.properties.is_dying &&
                               page_attributes(next.properties.protection).readable;
        if (is_usable) {
            auto done = populate(VirtAddr{next.start}, next.bytes());
            if (!done && done.error().code == Errc::kOutOfMemory) {
                return done; // what was unmapped meanwhile is no error
            }
        }
    }
}

} // namespace hermit::mm::app
