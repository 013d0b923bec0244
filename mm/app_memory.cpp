// sbrk, and what all of the application's memory calls share.
#include <mm/app_memory.hpp>

#include "app_space.hpp"
#include "fault_counts.hpp"
#include "fault_gate.hpp"
#include "frame_cache.hpp"

#include <mm/heap.hpp>

#include <new>

namespace hermit::mm::app {

constinit Protected<AppSpace> space{LockRank::kAppMemory};

Result<void> AppSpace::prepare(std::size_t nodes) {
    while (regions.spares() < nodes) {
        void* const node = heap_allocate(sizeof(Region), alignof(Region));
        if (node == nullptr) {
            return Error{Errc::kOutOfMemory, "no kernel memory for a region"};
        }
        regions.add_spare(*::new (node) Region{});
    }
    return {};
}

void AppSpace::trim() {
    constexpr std::size_t kMostSpares = 128;
    while (regions.spares() > kMostSpares) {
        heap_free(&regions.take_spare());
    }
}

bool is_valid(VirtAddr start, std::uint64_t length) {
    return start.is_aligned(kPage) && length != 0 && length <= kCeiling &&
           start.value() <= kCeiling - length;
}

std::uint64_t mapped_bytes(std::uint64_t start, std::uint64_t end) {
    return page_table.with(
        [=](KernelPageTable& table) { return table.mapped_bytes(VirtAddr{start}, end - start); });
}

Result<void> split_pages(std::uint64_t start, std::uint64_t end) {
    return page_table.with(
        [=](KernelPageTable& table) { return table.split(VirtAddr{start}, end - start); });
}

Result<void> charge(AppSpace& app, std::uint64_t bytes, std::uint64_t backed) {
    TRY(frames.with([=](FrameManager& manager) { return manager.promise(bytes - backed); }));
    app.charged_bytes += bytes;
    return {};
}

RegionProperties properties_of(const Protection& protection, std::uint32_t flags) {
    RegionProperties properties;
    properties.protection = protection;
    properties.is_stack = (flags & kStack) != 0;
    properties.is_exempt = properties.is_stack || (protection.write && (flags & kNoReserve) != 0);
    properties.is_charged = protection.write && !properties.is_exempt;
    return properties;
}

Result<VirtAddr> move_break(std::int64_t increment) {
    back_stack(kEntryStackPages);
    std::uint64_t fresh_start = 0;
    std::uint64_t fresh_bytes = 0;
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
            space_state.changed();
            app.regions.insert(end_before, end_after,
                               properties_of({.read = true, .write = true}, 0));
            fresh_start = end_before;
            fresh_bytes = end_after - end_before;
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
    if (fresh_bytes != 0 && always_populates()) {
        static_cast<void>(populate(VirtAddr{fresh_start}, fresh_bytes));
    }
    return VirtAddr{old};
}

std::uint64_t AppSpace::backed_bytes() const {
    const FaultCounts entered = count_faults();
    return entered.small * kPage + entered.large * kLargePage + entered.huge * kGiB -
           released_bytes;
}

void AppSpace::note_peaks() {
    peak_charged_bytes = std::max(peak_charged_bytes, charged_bytes);
    peak_backed_bytes = std::max(peak_backed_bytes, backed_bytes());
}

namespace {

Statistics collect(const AppSpace& app, const FrameManager& manager, const FaultCounts& faults) {
    return {.total_bytes = manager.total_bytes(),
            .free_bytes = manager.free_bytes() + cached_frame_bytes(),
            .committed_bytes = app.charged_bytes,
            .commit_limit = app.charged_bytes + manager.promisable_bytes(),
            .faults_4k = faults.small - faults.ahead_small,
            .faults_2m = faults.large - faults.ahead_large,
            .pages_1g = faults.huge};
}

} // namespace

Statistics statistics() {
    back_stack(kEntryStackPages);
    const FaultCounts faults = count_faults();
    return space.with([&](const AppSpace& app) {
        return frames.with(
            [&](const FrameManager& manager) { return collect(app, manager, faults); });
    });
}

bool statistics_at_the_end(Statistics& now, std::uint64_t& backed, PeakUse& peak) {
    const FaultCounts faults = count_faults();
    bool done = false;
    space.if_free([&](const AppSpace& app) {
        done = frames.if_free([&](const FrameManager& manager) {
            now = collect(app, manager, faults);
            backed = app.backed_bytes();
            peak = {manager.peak_bytes(), std::max(app.peak_charged_bytes, app.charged_bytes),
                    std::max(app.peak_backed_bytes, backed)};
        });
    });
    return done;
}

} // namespace hermit::mm::app
