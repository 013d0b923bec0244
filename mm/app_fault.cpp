// First touch: where the application's pages come from. In the common case without a lock.
#include "app_space.hpp"
#include "claims.hpp"
#include "fault_counts.hpp"
#include "fault_gate.hpp"
#include "frame_cache.hpp"
#include "image.hpp"
#include "known_region.hpp"

#include <arch/clear.hpp>
#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/paging.hpp>
#include <sync/irq_guard.hpp>

namespace hermit::mm::app {
namespace {

using Entry = arch::PageTableEntry;
using Vacancy = KernelPageTable::Vacancy;

/// The region of the latest fault that took the lock: mostly that of the next ones, too.
HERMIT_PER_CORE PerCore<KnownRegion> known_region;

Result<PhysAddr> take_frame(const RegionProperties& properties, std::uint64_t bytes) {
    if (properties.is_charged) {
        return take_promised(bytes);
    }
    return frames.with([&](FrameManager& manager) {
        return properties.is_stack ? manager.allocate_for_stack(bytes, bytes)
                                   : manager.allocate_unpromised(bytes, bytes);
    });
}

enum class Next : std::uint8_t { kDone, kAgain, kAgainAfterWaiting };

/// What an attempt leads to: an outcome, a large page to clear, or another attempt.
struct Attempt {
    FaultOutcome outcome = FaultOutcome::kResolved;
    Next next = Next::kDone;
};

/// Somebody else is at the same page.
Attempt again() {
    ++fault_counts.local().waited;
    return {.next = Next::kAgain};
}

/// For when no lock is held any more, and this core is in no fault section.
[[gnu::noinline]] Attempt wait_and_try_again() {
    wait_a_moment();
    return {.next = Next::kAgain};
}

/// Claims a large page: the entry names the frame that will be there, and all others wait.
bool claim_large(const KnownRegion& region, Vacancy vacancy, VirtAddr page, LargePage& large,
                 Attempt& attempt) {
    const bool overtakes = vacancy.level == arch::Size2M::kLevel && vacancy.seen.is_claim();
    if (overtakes && !may_overtake(vacancy.seen)) {
        attempt = again();
        attempt.next = Next::kAgainAfterWaiting;
        return true;
    }
    // The claimant that is overtaken has the frame that was promised for this page.
    RegionProperties terms = region.properties;
    terms.is_charged = terms.is_charged && !overtakes;
    auto frame = take_frame(terms, kLargePage);
    if (!frame) {
        return false; // a small page will do, also in place of the claim
    }
    const Entry claim = Entry::claim(*frame, arch::this_core());
    auto place = shared_page_table().enter(vacancy, page, claim, arch::Size2M::kLevel);
    if (!place) {
        give_back_frame(*frame, kLargePage, terms.is_charged);
        attempt =
            place.error().code == Errc::kExists ? again() : Attempt{FaultOutcome::kOutOfMemory};
        return true;
    }
    large.frame = frame->value();
    large.page = page.value();
    large.entry = region.large_entry | frame->value();
    large.slot = DirectTables::slot(place->table, place->index);
    large.space_state = region.space_state;
    large.is_charged = region.properties.is_charged;
    large.was_promised = terms.is_charged;
    return true;
}

Attempt enter_small(const KnownRegion& region, Vacancy vacancy, VirtAddr page) {
    auto frame = take_frame(region.properties, kPage);
    if (!frame) {
        return {FaultOutcome::kOutOfMemory};
    }
    clear(direct(*frame), kPage);
    auto done = shared_page_table().fill(
        vacancy, page, *frame, page_attributes(region.properties.protection), arch::Size4K::kLevel);
    if (!done) {
        give_back_frame(*frame, kPage, region.properties.is_charged);
        return done.error().code == Errc::kExists ? again() : Attempt{FaultOutcome::kOutOfMemory};
    }
    ++fault_counts.local().small;
    return {};
}

/// Backs a page of a region that permits the access. Either in a fault section, or with the space's
/// lock held; other cores may be at the same entries.
Attempt back_page(const KnownRegion& region, VirtAddr address, Vacancy vacancy, LargePage& large) {
    const VirtAddr page = address.align_down(kLargePage);
    Attempt attempt;
    if (vacancy.level >= arch::Size2M::kLevel && region.holds_large(page) &&
        claim_large(region, vacancy, page, large, attempt)) {
        return attempt;
    }
    return enter_small(region, vacancy, address.align_down(kPage));
}

/// Whether the region permits the access; if so, kResolved.
FaultOutcome check(const AppSpace& app, const Region* region, Access access) {
    if (region == nullptr || region->properties.is_dying) {
        return FaultOutcome::kNotMapped;
    }
    if (is_inaccessible(*region)) {
        return is_guard(app, *region) ? FaultOutcome::kGuardPage : FaultOutcome::kForbidden;
    }
    return access.is_in(Access::permitted_by(region->properties.protection))
               ? FaultOutcome::kResolved
               : FaultOutcome::kForbidden;
}

/// A page is there already: another core was faster, this one still knew rights that have been
/// extended, or another thread is about to extend them. The space's lock held.
void refresh_rights(const Region& region, VirtAddr address) {
    page_table.with([&](KernelPageTable& table) {
        auto mapping = table.translate(address);
        const auto wanted = page_attributes(region.properties.protection);
        if (mapping && mapping->attributes != wanted &&
            !arch::PageTableFormat::needs_flush(mapping->attributes, wanted)) {
            // Cannot fail: the page lies in one region, and is not split.
            static_cast<void>(table.protect(address.align_down(mapping->page_bytes),
                                            mapping->page_bytes, wanted,
                                            [](VirtAddr, std::uint64_t) {}));
        }
    });
    arch::invalidate_page(address.value());
}

/// The attempt for which the region has to be looked up.
[[gnu::noinline]] Attempt attempt_with_lock(VirtAddr address, Access access, LargePage& large) {
    const auto try_once = [&](AppSpace& app) -> Attempt {
        const Region* const region = app.regions.find(address.value());
        const FaultOutcome permitted = check(app, region, access);
        if (permitted != FaultOutcome::kResolved) {
            return {permitted};
        }
        KnownRegion& known = known_region.local();
        known = KnownRegion{*region, space_state.load()};
        const Vacancy vacancy = shared_page_table().vacancy(address);
        if (vacancy.level == 0) {
            refresh_rights(*region, address);
            ++fault_counts.local().already_there;
            return {};
        }
        return back_page(known, address, vacancy, large);
    };
    const Attempt tried = space.with(try_once);
    return tried.next == Next::kAgainAfterWaiting ? wait_and_try_again() : tried;
}

Attempt attempt(VirtAddr address, Access access, LargePage& large) {
    bool waits = false;
    {
        const FaultSection section;
        const KnownRegion& known = known_region.local();
        const std::uint64_t state = space_state.load();
        if (known.space_state == state && SpaceState::is_quiet(state) && known.contains(address) &&
            access.is_in(known.permitted)) [[likely]] {
            const Vacancy vacancy = shared_page_table().vacancy(address);
            if (vacancy.level != 0) [[likely]] {
                const Attempt tried = back_page(known, address, vacancy, large);
                if (tried.next != Next::kAgainAfterWaiting) [[likely]] {
                    return tried;
                }
                waits = true;
            }
        }
    }
    return waits ? wait_and_try_again() : attempt_with_lock(address, access, large);
}

/// What cannot be the application's needs no lock: so a null pointer in code that holds one is
/// reported, and no hang.
bool may_be_application(VirtAddr address) {
    return address >= VirtAddr{__image_start} && address.value() < kCeiling;
}

} // namespace

bool is_guard(const AppSpace& app, const Region& region) {
    const Region* const above = app.regions.next(region);
    return region.properties.is_stack ||
           (above != nullptr && above->start == region.end && above->properties.is_stack);
}

FaultOutcome begin_fault(VirtAddr address, std::uint64_t error_code, LargePage& large) {
    return may_be_application(address) ? attempt(address, Access{error_code}, large).outcome
                                       : FaultOutcome::kNotMapped;
}

namespace {

/// As often as it takes. What one page fault has led to is counted once, and without one as done
/// ahead.
FaultOutcome resolve(VirtAddr address, Access access, bool is_ahead) {
    for (;;) {
        LargePage large;
        Attempt tried;
        {
            const IrqGuard irq;
            FaultCounts& counts = fault_counts.local();
            const FaultCounts before = counts;
            tried = attempt(address, access, large);
            counts.waited = before.waited;
            if (is_ahead) {
                counts.already_there = before.already_there;
                counts.ahead_small += counts.small - before.small;
            }
        }
        if (large.frame != 0) {
            arch::clear_large(large.memory(), kLargePage);
            const IrqGuard irq;
            FaultCounts& counts = fault_counts.local();
            if (finish_fault(large)) {
                counts.ahead_large += is_ahead ? 1 : 0;
                return FaultOutcome::kResolved;
            }
            --counts.lost;
        } else if (tried.next == Next::kDone) {
            return tried.outcome;
        }
    }
}

} // namespace

FaultOutcome resolve_ahead(VirtAddr address) { return resolve(address, Access{0}, true); }

FaultOutcome handle_fault(VirtAddr address, std::uint64_t error_code) {
    return may_be_application(address) ? resolve(address, Access{error_code}, false)
                                       : FaultOutcome::kNotMapped;
}

FaultOutcome make_readable(VirtAddr address) {
    return may_be_application(address) ? resolve_ahead(address) : FaultOutcome::kNotMapped;
}

} // namespace hermit::mm::app
