// First touch: where the application's pages come from.
#include "app_space.hpp"
#include "image.hpp"

#include <arch/cpu.hpp>
#include <arch/paging.hpp>

#include <optional>

namespace hermit::mm::app {
namespace {

// Page-fault error code. [intel/vol3] §4.7.
constexpr std::uint64_t kWrite = 1 << 1;
constexpr std::uint64_t kFetch = 1 << 4;

bool is_inaccessible(const Region& region) {
    return !page_attributes(region.properties.protection).readable;
}

/// Whether an inaccessible region is there to catch a stack's overflow.
bool is_guard(const AppSpace& app, const Region& region) {
    const Region* const above = app.regions.next(region);
    return region.properties.is_stack ||
           (above != nullptr && above->start == region.end && above->properties.is_stack);
}

Result<PhysAddr> take_frame(const Region& region, std::uint64_t bytes) {
    return frames.with([&](FrameManager& manager) {
        if (region.properties.is_charged) {
            return manager.allocate_promised(bytes, bytes);
        }
        return region.properties.is_stack ? manager.allocate_for_stack(bytes, bytes)
                                          : manager.allocate_unpromised(bytes, bytes);
    });
}

void give_back_frame(PhysAddr frame, std::uint64_t bytes, bool promised) {
    frames.with([=](FrameManager& manager) {
        manager.free(frame, bytes);
        manager.release_promise(promised ? -static_cast<std::int64_t>(bytes) : 0);
    });
}

bool holds_large_page(const Region& region, VirtAddr page) {
    return page.value() >= region.start && page.value() + kLargePage <= region.end &&
           !region.properties.is_stack;
}

/// A large frame on its way into the page table: cleared with no lock held.
struct LargeFrame {
    VirtAddr page;
    PhysAddr frame;
    RegionProperties properties;
    std::uint64_t changes; // of the space, when the frame was taken
};

/// Whether the page is still to be mapped as it was when its frame was taken.
bool is_wanted(const AppSpace& app, const LargeFrame& large) {
    if (app.changes == large.changes) {
        return true;
    }
    const Region* const region = app.regions.find(large.page.value());
    return region != nullptr && region->properties == large.properties &&
           holds_large_page(*region, large.page);
}

/// Maps the cleared frame, or gives it back if somebody else was faster.
bool enter_large(const LargeFrame& large) {
    return space.with([&](AppSpace& app) {
        const bool entered = is_wanted(app, large) && page_table.with([&](KernelPageTable& table) {
            return static_cast<bool>(table.map_page(large.page, large.frame,
                                                    page_attributes(large.properties.protection),
                                                    arch::Size2M::kLevel));
        });
        if (entered) {
            ++app.faults_2m;
        } else {
            give_back_frame(large.frame, kLargePage, large.properties.is_charged);
        }
        return entered;
    });
}

/// Enters a small page. Locks of the space and the page table held.
FaultOutcome enter_small(AppSpace& app, const Region& region, KernelPageTable& table,
                         KernelPageTable::Vacancy vacancy, VirtAddr page) {
    auto frame = take_frame(region, kPage);
    if (!frame) {
        return FaultOutcome::kOutOfMemory;
    }
    clear(direct(*frame), kPage);
    if (!table.fill(vacancy, page, *frame, page_attributes(region.properties.protection),
                    arch::Size4K::kLevel)) {
        give_back_frame(*frame, kPage, region.properties.is_charged);
        return FaultOutcome::kOutOfMemory;
    }
    ++app.faults_4k;
    return FaultOutcome::kResolved;
}

/// Whether the region permits the access; if so, kResolved.
FaultOutcome check(const AppSpace& app, const Region* region, bool write, bool fetch) {
    if (region == nullptr || region->properties.is_dying) {
        return FaultOutcome::kNotMapped;
    }
    if (is_inaccessible(*region)) {
        return is_guard(app, *region) ? FaultOutcome::kGuardPage : FaultOutcome::kForbidden;
    }
    const Protection& protection = region->properties.protection;
    const bool forbidden = (write && !protection.write) || (fetch && !protection.execute);
    return forbidden ? FaultOutcome::kForbidden : FaultOutcome::kResolved;
}

/// One try. What it leaves in `large` is to be cleared and entered.
FaultOutcome try_resolve(AppSpace& app, VirtAddr address, bool write, bool fetch,
                         std::optional<LargeFrame>& large) {
    const Region* const region = app.regions.find(address.value());
    const FaultOutcome permitted = check(app, region, write, fetch);
    if (permitted != FaultOutcome::kResolved) {
        return permitted;
    }
    return page_table.with([&](KernelPageTable& table) {
        const KernelPageTable::Vacancy vacancy = table.vacancy(address);
        if (vacancy.level == 0) {
            // Another core was faster, or this one still knew rights that have been extended.
            arch::invalidate_page(address.value());
            return FaultOutcome::kResolved;
        }
        const VirtAddr page = address.align_down(kLargePage);
        if (vacancy.level >= arch::Size2M::kLevel && holds_large_page(*region, page)) {
            if (auto frame = take_frame(*region, kLargePage)) {
                large = LargeFrame{page, *frame, region->properties, app.changes};
                return FaultOutcome::kResolved;
            }
        }
        return enter_small(app, *region, table, vacancy, address.align_down(kPage));
    });
}

} // namespace

FaultOutcome resolve(VirtAddr address, bool write, bool fetch) {
    for (;;) {
        std::optional<LargeFrame> large;
        const FaultOutcome outcome = space.with(
            [&](AppSpace& app) { return try_resolve(app, address, write, fetch, large); });
        if (!large) {
            return outcome;
        }
        // In a fault this runs with interrupts off: about 100 us at memory speed.
        clear(direct(large->frame), kLargePage);
        if (enter_large(*large)) {
            return FaultOutcome::kResolved;
        }
    }
}

FaultOutcome handle_fault(VirtAddr address, std::uint64_t error_code) {
    // What cannot be the application's needs no lock: so a null pointer in code that holds one is
    // reported, and no hang.
    if (address < VirtAddr{__image_start} || address.value() >= kCeiling) {
        return FaultOutcome::kNotMapped;
    }
    return resolve(address, (error_code & kWrite) != 0, (error_code & kFetch) != 0);
}

} // namespace hermit::mm::app
