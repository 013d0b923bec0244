// Backing memory before it is touched.
#include "app_space.hpp"
#include "fault_counts.hpp"
#include "frame_cache.hpp"

#include <arch/clear.hpp>
#include <arch/features.hpp>
#include <sync/irq_guard.hpp>

#include <atomic>

namespace hermit::mm::app {
namespace {

constinit std::atomic<bool> populates{false};

/// Maps an aligned GiB in one page, cleared, if it is all the same and nothing of it is there yet.
/// Returns whether it did. Thread context.
bool populate_gib(VirtAddr page) {
    if (!arch::features().gib_pages) {
        return false;
    }
    arch::PageTableEntry entry;
    const auto find = [&](const AppSpace& app) {
        const Region* const region = app.regions.find(page.value());
        if (region == nullptr || region->end < page.value() + kGiB ||
            !region->properties.is_charged || region->properties.is_small ||
            region->properties.is_dying || is_inaccessible(*region)) {
            return KernelPageTable::Vacancy{};
        }
        entry = arch::PageTableEntry::page(
            PhysAddr{0}, page_attributes(region->properties.protection), arch::Size1G::kLevel);
        return shared_page_table().vacancy(page);
    };
    if (space.with(find).level < arch::Size1G::kLevel) {
        return false;
    }
    auto frame =
        frames.with([](FrameManager& manager) { return manager.allocate_promised(kGiB, kGiB); });
    if (!frame) {
        return false;
    }
    arch::clear_large(direct(*frame).as<void>(), kGiB);
    const bool entered = space.with([&](const AppSpace& app) {
        // As it is now: the mapping may have changed, or somebody may have touched it.
        const KernelPageTable::Vacancy vacancy = find(app);
        return vacancy.level >= arch::Size1G::kLevel &&
               static_cast<bool>(shared_page_table().enter(
                   vacancy, page, arch::PageTableEntry{entry.value() | frame->value()},
                   arch::Size1G::kLevel));
    });
    if (!entered) {
        give_back_frame(*frame, kGiB, true);
        return false;
    }
    const IrqGuard irq;
    ++fault_counts.local().huge;
    return true;
}

Result<void> status_of(FaultOutcome outcome) {
    switch (outcome) {
    case FaultOutcome::kResolved:
        return {};
    case FaultOutcome::kOutOfMemory:
        return Error{Errc::kOutOfMemory, "no frames to populate with"};
    case FaultOutcome::kNotMapped:
    case FaultOutcome::kForbidden:
    case FaultOutcome::kGuardPage:
        break;
    }
    return Error{Errc::kNotFound, "range is not all mapped"};
}

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
        TRY(status_of(resolve_ahead(start)));
        // Another thread may have taken the page away again already.
        auto mapping = find_page(start);
        start =
            mapping ? start.align_down(mapping->page_bytes) + mapping->page_bytes : start + kPage;
    }
    return {};
}

Result<void> populate_stack(VirtAddr start, std::uint64_t length, unsigned core) {
    back_stack(kEntryStackPages);
    const unsigned node = node_of(core);
    for (std::uint64_t done = 0; done < length; done += kPage) {
        // A small page at a time, so interrupts are not off for long.
        const IrqGuard irq;
        const unsigned own = prefer_node(node);
        const FaultOutcome outcome = resolve_ahead(start + done);
        prefer_node(own);
        TRY(status_of(outcome));
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
