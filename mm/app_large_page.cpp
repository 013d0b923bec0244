// The end of a large page's first touch: its frame has been cleared with no lock held, and replaces
// the claim if that is still there.
#include "app_space.hpp"
#include "fault_counts.hpp"
#include "fault_gate.hpp"
#include "frame_cache.hpp"
#include "known_region.hpp"

namespace hermit::mm::app {
namespace {

using Entry = arch::PageTableEntry;
using Vacancy = KernelPageTable::Vacancy;

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

[[gnu::noinline]] bool enter_with_lock(const LargePage& large) {
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

void* LargePage::memory() const { return direct(PhysAddr{frame}).as<void>(); }

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

} // namespace hermit::mm::app
