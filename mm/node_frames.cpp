#include "node_frames.hpp"

#include <base/panic.hpp>

#include <algorithm>
#include <utility>

namespace hermit::mm {

/// Makes node storage of a frame. Taking one frame needs no node.
void NodeFrames::refill_pool(std::uint64_t window) {
    if (list_.spare_nodes() < kSpareNodes) {
        if (auto frame = list_.allocate(kFrame)) {
            list_.add_nodes(VirtAddr{window + *frame}.as<void>(), kFrame);
        }
    }
}

void NodeFrames::give(Range range, std::uint64_t window) {
    refill_pool(window);
    if (list_.spare_nodes() == 0 && !range.empty()) {
        // Nothing is free, so the frames that come back must hold the nodes.
        list_.add_nodes(VirtAddr{window + range.start}.as<void>(), kFrame);
        range.start += kFrame;
    }
    if (!range.empty() && !list_.deallocate(range.start, range.bytes())) {
        panic("frames from {} ({} bytes) freed twice", PhysAddr{range.start}, range.bytes());
    }
}

Range NodeFrames::remove_part(Range bounds, std::uint64_t window) {
    give_back_runs(window);
    refill_pool(window);
    Range found{};
    list_.for_each([&](Range range) {
        const Range part{std::max(range.start, bounds.start), std::min(range.end, bounds.end)};
        if (found.empty() && part.start < part.end) {
            found = part;
        }
    });
    if (!found.empty() && !list_.reserve(found.start, found.bytes())) {
        return {}; // without a node to split a range, it stays where it is
    }
    return found;
}

bool NodeFrames::give_back_runs(std::uint64_t window) {
    const bool had_some = !small_.rest.empty() || !large_.rest.empty();
    give(std::exchange(small_.rest, {}), window);
    give(std::exchange(large_.rest, {}), window);
    return had_some;
}

/// False if there is no frame of that size in the list.
bool NodeFrames::refill(Run& run) {
    for (std::uint64_t frames = run.frames; frames != 0; frames /= 4) {
        const std::uint64_t bytes = frames * run.frame_bytes;
        if (auto start = list_.allocate_aligned(bytes, run.frame_bytes)) {
            run.rest = {*start, *start + bytes};
            return true;
        }
    }
    return false;
}

Result<std::uint64_t> NodeFrames::take_next(Run& run) {
    if (run.rest.empty() && !refill(run)) [[unlikely]] {
        return Error{Errc::kOutOfMemory, "no free frame"};
    }
    const std::uint64_t frame = run.rest.start;
    run.rest.start += run.frame_bytes;
    return frame;
}

Result<std::uint64_t> NodeFrames::take(std::uint64_t bytes, std::uint64_t alignment,
                                       std::uint64_t window) {
    const bool is_small = bytes == small_.frame_bytes && alignment <= bytes;
    if (is_small || (bytes == large_.frame_bytes && alignment == bytes)) {
        Run& run = is_small ? small_ : large_;
        if (run.rest.empty()) {
            refill_pool(window);
        }
        return take_next(run);
    }
    refill_pool(window);
    return list_.allocate_aligned(bytes, std::max(alignment, kFrame));
}

std::uint64_t NodeFrames::take_following(std::uint64_t frame_bytes, std::uint64_t bytes) {
    Run& run = run_of(frame_bytes);
    const std::uint64_t taken = std::min(bytes, run.rest.bytes());
    run.rest.start += taken;
    return taken;
}

} // namespace hermit::mm
