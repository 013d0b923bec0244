// mmap at a given address, in place of what is there. All that can fail comes first: from then on
// the range, holes included, the nodes and the promise for the new mapping belong to the caller.
#include "app_space.hpp"
#include "fault_gate.hpp"

#include <arch/cpu.hpp>
#include <arch/ledger.hpp>
#include <arch/time.hpp>

#include <algorithm>

namespace hermit::mm::app {
namespace {

/// Another thread may be unmapping a part of the range: its addresses are free when it has
/// finished.
constexpr std::uint64_t kPatienceNs = 10'000'000'000;

/// What is in a range before it is replaced.
struct Contents {
    bool is_dying = false;
    std::size_t holes = 0;
    std::uint64_t charged_bytes = 0;
};

Contents contents_of(const AppSpace& app, std::uint64_t start, std::uint64_t end) {
    Contents found;
    std::uint64_t at = start;
    app.regions.for_each(start, end,
                         [&](const Region& region, std::uint64_t from, std::uint64_t to) {
                             found.is_dying = found.is_dying || region.properties.is_dying;
                             found.holes += from != at ? 1 : 0;
                             found.charged_bytes += region.properties.is_charged ? to - from : 0;
                             at = to;
                         });
    found.holes += at != end ? 1 : 0;
    return found;
}

/// Keeps others out of what is not mapped yet.
void fill_holes(AppSpace& app, std::uint64_t start, std::uint64_t end, std::uint32_t unmapper) {
    while (start < end) {
        const Region* const region = app.regions.first_above(start);
        const std::uint64_t stop = region == nullptr ? end : std::min(region->start, end);
        if (start < stop) {
            RegionProperties properties;
            properties.is_dying = true;
            properties.unmapper = unmapper;
            app.regions.insert(start, stop, properties);
            start = stop;
        } else {
            start = region->end;
        }
    }
}

struct Replacement {
    std::uint32_t unmapper;
    std::uint64_t charged_bytes; // by the old mapping or for the new one, whichever is more
};

/// Errors: kExists while another thread unmaps a part, kOutOfMemory; nothing has changed then.
Result<Replacement> begin_replacing(AppSpace& app, std::uint64_t start, std::uint64_t end,
                                    std::uint64_t charge_bytes) {
    const Contents old = contents_of(app, start, end);
    if (old.is_dying) {
        return Error{Errc::kExists, "another thread unmaps a part of the range"};
    }
    TRY(app.prepare(app.regions.cuts(start, end) + old.holes));
    TRY(split_pages(start, end));
    if (charge_bytes > old.charged_bytes) {
        TRY(charge(app, charge_bytes - old.charged_bytes));
    }
    const std::uint32_t unmapper = app.new_unmapper();
    mark_dying(app, start, end, unmapper);
    fill_holes(app, start, end, unmapper);
    return Replacement{unmapper, std::max(charge_bytes, old.charged_bytes)};
}

/// Needs no node: at least one region goes.
void finish_replacing(AppSpace& app, std::uint64_t start, std::uint64_t end,
                      const RegionProperties& properties, const Replacement& replacement) {
    app.regions.erase_dying(start, end, replacement.unmapper);
    space_state.changed();
    app.regions.insert(start, end, properties);
    app.trim();
    if (arch::is_measuring) {
        app.note_peaks();
    }
    const std::uint64_t surplus =
        replacement.charged_bytes - (properties.is_charged ? end - start : 0);
    app.charged_bytes -= surplus;
    frames.with([=](FrameManager& manager) {
        manager.release_promise(static_cast<std::int64_t>(surplus));
    });
}

} // namespace

Result<void> replace(std::uint64_t start, std::uint64_t length,
                     const RegionProperties& properties) {
    const std::uint64_t end = start + length;
    const std::uint64_t deadline = arch::now_ns() + kPatienceNs;
    for (;;) {
        const ChangeGuard faults_take_the_lock;
        auto begun = space.with([&](AppSpace& app) {
            return begin_replacing(app, start, end, properties.is_charged ? length : 0);
        });
        if (begun) {
            // Nothing is left to be split.
            static_cast<void>(release_frames(start, end, begun->unmapper, Promise::kKept));
            space.with(
                [&](AppSpace& app) { finish_replacing(app, start, end, properties, *begun); });
            return {};
        }
        if (begun.error().code != Errc::kExists || arch::now_ns() > deadline) {
            return begun.error();
        }
        arch::pause();
    }
}

} // namespace hermit::mm::app
