#include "frame_cache.hpp"

#include "kernel_space.hpp"

#include <arch/core.hpp>

#include <algorithm>

namespace hermit::mm {
namespace {

struct FrameCache {
    FrameSlots small;
    FrameSlots large;
};
HERMIT_PER_CORE PerCore<FrameCache> cache;

FrameSlots& slots_of(FrameCache& of, std::uint64_t bytes) {
    return bytes == FrameManager::kFrame ? of.small : of.large;
}

/// How many frames a core may take at a time. What all cores keep stays a part of the memory that
/// is free, and not a small one: it can be had back, and on many cores a few frames each are needed
/// for the lock to be rare.
std::uint64_t share(const FrameManager& manager, std::uint64_t bytes) {
    constexpr std::uint64_t kPart = 4;
    const std::uint64_t frames = manager.free_bytes() / kPart / bytes / arch::core_count();
    return std::clamp<std::uint64_t>(frames, 1, FrameSlots::kSlots);
}

[[gnu::noinline]] Result<PhysAddr> take_and_refill(std::uint64_t bytes) {
    FrameSlots& slots = slots_of(cache.local(), bytes);
    return frames.with([&](FrameManager& manager) -> Result<PhysAddr> {
        // The slots are empty.
        const Range run = TRY(manager.allocate_promised_run(bytes, share(manager, bytes)));
        for (std::uint64_t frame = run.end - bytes; frame != run.start; frame -= bytes) {
            slots.put(frame);
        }
        return PhysAddr{run.start};
    });
}

} // namespace

Result<PhysAddr> take_promised(std::uint64_t bytes) {
    if (const std::uint64_t frame = slots_of(cache.local(), bytes).take()) [[likely]] {
        return PhysAddr{frame};
    }
    return take_and_refill(bytes);
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

std::uint64_t cached_frame_bytes() {
    std::uint64_t sum = 0;
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        const FrameCache& kept = cache.on(per_core_distance_of(core));
        sum += kept.small.count() * FrameManager::kFrame + kept.large.count() * 2 * kMiB;
    }
    return sum;
}

bool reclaim_cached_frames(FrameManager& manager) {
    bool found = false;
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        FrameCache& kept = cache.on(per_core_distance_of(core));
        for (const std::uint64_t bytes : {FrameManager::kFrame, 2 * kMiB}) {
            slots_of(kept, bytes).empty([&](std::uint64_t frame) {
                found = true;
                manager.take_back_promised(PhysAddr{frame}, bytes);
            });
        }
    }
    return found;
}

} // namespace hermit::mm
