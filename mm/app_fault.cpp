// First touch: where the application's pages come from. In the common case without a lock.
#include "app_space.hpp"
#include "fault_gate.hpp"
#include "frame_cache.hpp"
#include "image.hpp"

#include <arch/clear.hpp>
#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/features.hpp>
#include <arch/paging.hpp>
#include <arch/time.hpp>
#include <base/core_set.hpp>
#include <sync/irq_guard.hpp>

namespace hermit::mm::app {
namespace {

using Entry = arch::PageTableEntry;
using Vacancy = KernelPageTable::Vacancy;
static_assert(Entry::kMostClaimants >= kMaxCores);

/// What is done to memory. As the page fault's error code says it. [intel/vol3] §4.7.
class Access {
  public:
    explicit constexpr Access(std::uint64_t error_code) : error_code_{error_code} {}
    constexpr bool is_write() const { return (error_code_ & kWrite) != 0; }
    constexpr bool is_fetch() const { return (error_code_ & kFetch) != 0; }

    /// The accesses that rights permit, as a set in which `is_in` looks.
    static constexpr std::uint32_t permitted_by(const Protection& rights) {
        std::uint32_t set = 0;
        for (const std::uint64_t code : {std::uint64_t{0}, kWrite, kFetch}) {
            const Access access{code};
            const bool permitted = (rights.read || rights.write || rights.execute) &&
                                   (!access.is_write() || rights.write) &&
                                   (!access.is_fetch() || rights.execute);
            set |= permitted ? 1u << access.number() : 0;
        }
        return set;
    }
    constexpr bool is_in(std::uint32_t set) const { return ((set >> number()) & 1) != 0; }

  private:
    static constexpr std::uint64_t kWrite = 1 << 1;
    static constexpr std::uint64_t kFetch = 1 << 4;
    constexpr std::uint64_t number() const { return error_code_ & (kWrite | kFetch); }

    std::uint64_t error_code_;
};

/// A region as a core remembers it, with answers to what a page fault asks.
struct KnownRegion {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint64_t large_start = 0; // the 2 MiB pages that fit in
    std::uint64_t large_end = 0;
    std::uint64_t space_state = ~std::uint64_t{0};
    std::uint64_t large_entry = 0; // but for the frame
    std::uint32_t permitted = 0;
    RegionProperties properties;

    KnownRegion() = default;
    KnownRegion(const Region& region, std::uint64_t state)
        : start{region.start}, end{region.end}, large_start{align_up(start, kLargePage)},
          large_end{align_down(end, kLargePage)}, space_state{state},
          large_entry{Entry::page(PhysAddr{0}, page_attributes(region.properties.protection),
                                  arch::Size2M::kLevel)
                          .value()},
          permitted{Access::permitted_by(region.properties.protection)}, properties{
                                                                             region.properties} {
        if (properties.is_stack || properties.is_small) {
            large_end = large_start;
        }
    }
    bool contains(VirtAddr address) const { return address.value() - start < end - start; }
    bool holds_large(VirtAddr page) const {
        return page.value() >= large_start && page.value() < large_end;
    }
};
/// The region of the latest fault that took the lock: mostly that of the next ones, too.
HERMIT_PER_CORE PerCore<KnownRegion> known_region;

HERMIT_PER_CORE PerCore<FaultCounts> fault_counts;

/// A claim of another core that this core waits for, and since when.
struct Waiting {
    std::uint64_t claim = 0;
    std::uint64_t since_ns = 0;
};
HERMIT_PER_CORE PerCore<Waiting> waiting;

/// Long enough to clear 2 MiB on the slowest machine, unless the claimant does not run.
constexpr std::uint64_t kPatienceNs = 20'000'000;

bool is_inaccessible(const Region& region) {
    return !page_attributes(region.properties.protection).readable;
}

Result<PhysAddr> take_frame(const RegionProperties& properties, std::uint64_t bytes) {
    if (properties.is_charged) {
        return take_promised(bytes);
    }
    return frames.with([&](FrameManager& manager) {
        return properties.is_stack ? manager.allocate_for_stack(bytes, bytes)
                                   : manager.allocate_unpromised(bytes, bytes);
    });
}

void give_back_frame(PhysAddr frame, std::uint64_t bytes, bool was_promised) {
    frames.with([=](FrameManager& manager) {
        if (was_promised) {
            manager.take_back_promised(frame, bytes);
        } else {
            manager.free(frame, bytes);
        }
    });
}

/// What an attempt leads to: an outcome, a large page to clear, or another attempt.
struct Attempt {
    FaultOutcome outcome = FaultOutcome::kResolved;
    bool again = false;
};

/// Somebody else is at the same page.
Attempt again() {
    ++fault_counts.local().waited;
    return {.again = true};
}

/// Whether this core may clear the page itself, though another claim is there: the claimant does
/// not run as long as this core goes on, or has not been seen to finish for too long.
bool may_overtake(Entry claim) {
    const unsigned self = arch::this_core();
    if (claim.claimant() == self) {
        return true;
    }
    Waiting& wait = waiting.local();
    const std::uint64_t now = arch::now_ns();
    if (wait.claim != claim.value()) {
        wait = {claim.value(), now};
    }
    return now - wait.since_ns > kPatienceNs;
}

/// Waits a moment for another core that is clearing the page.
void wait_a_moment() {
    for (unsigned i = 0; i < 100; ++i) {
        arch::pause();
    }
}

/// Claims a large page: the entry names the frame that will be there, and all others wait.
bool claim_large(const KnownRegion& region, Vacancy vacancy, VirtAddr page, LargePage& large,
                 Attempt& attempt) {
    const bool overtakes = vacancy.level == arch::Size2M::kLevel && vacancy.seen.is_claim();
    if (overtakes && !may_overtake(vacancy.seen)) {
        wait_a_moment();
        attempt = again();
        return true;
    }
    // The claimant that is overtaken has the frame that was promised for this page.
    RegionProperties terms = region.properties;
    terms.is_charged = terms.is_charged && !overtakes;
    auto frame = take_frame(terms, kLargePage);
    if (!frame) {
        if (overtakes) {
            wait_a_moment();
            attempt = again();
        }
        return overtakes;
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
    return space.with([&](AppSpace& app) -> Attempt {
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
    });
}

Attempt attempt(VirtAddr address, Access access, LargePage& large) {
    {
        const FaultSection section;
        const KnownRegion& known = known_region.local();
        const std::uint64_t state = space_state.load();
        if (known.space_state == state && SpaceState::is_quiet(state) && known.contains(address) &&
            access.is_in(known.permitted)) [[likely]] {
            const Vacancy vacancy = shared_page_table().vacancy(address);
            if (vacancy.level != 0) [[likely]] {
                return back_page(known, address, vacancy, large);
            }
        }
    }
    return attempt_with_lock(address, access, large);
}

bool carries_claim(Entry entry, const LargePage& large) {
    return entry.is_claim() && Entry::claim(PhysAddr{large.frame}, entry.claimant()) == entry;
}

/// Whether the page is still to be mapped as it was when its frame was taken.
bool is_wanted(const AppSpace& app, const LargePage& large) {
    const Region* const region = app.regions.find(large.page);
    if (region == nullptr || region->properties.is_dying) {
        return false;
    }
    const KnownRegion known{*region, 0};
    return known.holds_large(VirtAddr{large.page}) &&
           (known.large_entry | large.frame) == large.entry &&
           known.properties.is_charged == large.is_charged;
}

bool enter_with_lock(const LargePage& large) {
    return space.with([&](const AppSpace& app) {
        const Vacancy vacancy = shared_page_table().vacancy(VirtAddr{large.page});
        if (vacancy.level != arch::Size2M::kLevel || !carries_claim(vacancy.seen, large)) {
            return false;
        }
        const bool wanted = is_wanted(app, large);
        const bool entered = static_cast<bool>(
            shared_page_table().enter(vacancy, VirtAddr{large.page},
                                      wanted ? Entry{large.entry} : Entry{}, arch::Size2M::kLevel));
        return wanted && entered;
    });
}

} // namespace

bool is_guard(const AppSpace& app, const Region& region) {
    const Region* const above = app.regions.next(region);
    return region.properties.is_stack ||
           (above != nullptr && above->start == region.end && above->properties.is_stack);
}

void* LargePage::memory() const { return direct(PhysAddr{frame}).as<void>(); }

FaultOutcome begin_fault(VirtAddr address, std::uint64_t error_code, LargePage& large) {
    // What cannot be the application's needs no lock: so a null pointer in code that holds one is
    // reported, and no hang.
    if (address < VirtAddr{__image_start} || address.value() >= kCeiling) {
        return FaultOutcome::kNotMapped;
    }
    return attempt(address, Access{error_code}, large).outcome;
}

bool finish_fault(const LargePage& large) {
    bool entered = false;
    {
        const FaultSection section;
        if (space_state.load() == large.space_state && SpaceState::is_quiet(large.space_state))
            [[likely]] {
            // Nothing was taken away since: the entry is still in its table.
            const Entry seen{std::atomic_ref{*large.slot}.load(std::memory_order_relaxed)};
            entered = carries_claim(seen, large) &&
                      DirectTables::replace_entry(large.slot, seen, Entry{large.entry});
        }
    }
    if (!entered) {
        entered = enter_with_lock(large);
    }
    if (!entered) {
        give_back_frame(PhysAddr{large.frame}, kLargePage, large.was_promised);
        ++fault_counts.local().lost;
        return false;
    }
    ++fault_counts.local().large;
    if (large.is_charged && !large.was_promised) {
        // In place of the one who was overtaken, and whose frame becomes a promise again.
        frames.with([](FrameManager& manager) {
            manager.release_promise(static_cast<std::int64_t>(kLargePage));
        });
    }
    return true;
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
        } else if (!tried.again) {
            return tried.outcome;
        }
    }
}

} // namespace

bool populate_gib(VirtAddr page) {
    if (!arch::features().gib_pages) {
        return false;
    }
    Entry entry;
    const auto find = [&](const AppSpace& app) {
        const Region* const region = app.regions.find(page.value());
        if (region == nullptr || region->end < page.value() + kGiB ||
            !region->properties.is_charged || region->properties.is_small ||
            region->properties.is_dying || is_inaccessible(*region)) {
            return Vacancy{};
        }
        entry = Entry::page(PhysAddr{0}, page_attributes(region->properties.protection),
                            arch::Size1G::kLevel);
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
        const Vacancy vacancy = find(app);
        return vacancy.level >= arch::Size1G::kLevel &&
               static_cast<bool>(shared_page_table().enter(
                   vacancy, page, Entry{entry.value() | frame->value()}, arch::Size1G::kLevel));
    });
    if (!entered) {
        give_back_frame(*frame, kGiB, true);
        return false;
    }
    const IrqGuard irq;
    ++fault_counts.local().huge;
    return true;
}

namespace {

/// What cannot be the application's needs no lock: so a null pointer in code that holds one is
/// reported, and no hang.
bool may_be_application(VirtAddr address) {
    return address >= VirtAddr{__image_start} && address.value() < kCeiling;
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

FaultCounts fault_counts_of(unsigned core) { return fault_counts.on(per_core_distance_of(core)); }

FaultCounts count_faults() {
    FaultCounts sum;
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        const FaultCounts counts = fault_counts_of(core);
        sum.small += counts.small;
        sum.large += counts.large;
        sum.huge += counts.huge;
        sum.ahead_small += counts.ahead_small;
        sum.ahead_large += counts.ahead_large;
    }
    return sum;
}

} // namespace hermit::mm::app
