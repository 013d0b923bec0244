#include "frames.hpp"

#include <base/panic.hpp>

#include <algorithm>
#include <utility>

namespace hermit::mm {

void FrameManager::add(Range usable) {
    free(PhysAddr{usable.start}, usable.bytes());
    total_ += usable.bytes();
}

Result<PhysAddr> FrameManager::allocate(std::uint64_t bytes, std::uint64_t alignment) {
    if (!leaves(bytes, promised_)) {
        return Error{Errc::kOutOfMemory, "no free frames for the kernel"};
    }
    return take(bytes, alignment);
}

Result<PhysAddr> FrameManager::allocate_unpromised(std::uint64_t bytes, std::uint64_t alignment) {
    if (!leaves(bytes, promised_ + static_cast<std::int64_t>(kernel_reserve_))) {
        return Error{Errc::kOutOfMemory, "no free frames"};
    }
    return take(bytes, alignment);
}

Result<PhysAddr> FrameManager::allocate_for_stack(std::uint64_t bytes, std::uint64_t alignment) {
    if (!leaves(bytes, promised_ + static_cast<std::int64_t>(kernel_reserve_ / 2))) {
        return Error{Errc::kOutOfMemory, "no free frames for a stack"};
    }
    return take(bytes, alignment);
}

Result<PhysAddr> FrameManager::allocate_promised(std::uint64_t bytes, std::uint64_t alignment) {
    const PhysAddr frame = TRY(take(bytes, alignment));
    promised_ -= static_cast<std::int64_t>(bytes);
    return frame;
}

Result<Range> FrameManager::allocate_promised_run(std::uint64_t frame_bytes, std::uint64_t most) {
    const PhysAddr first = TRY(allocate_promised(frame_bytes, frame_bytes));
    Run& run = frame_bytes == small_.frame_bytes ? small_ : large_;
    // What follows the first frame in its run.
    const std::uint64_t more = std::min((most - 1) * frame_bytes, run.rest.bytes());
    run.rest.start += more;
    promised_ -= static_cast<std::int64_t>(more);
    return Range{first.value(), first.value() + frame_bytes + more};
}

void FrameManager::free(PhysAddr start, std::uint64_t bytes) {
    const Range range{start.value(), start.value() + bytes};
    if (small_.overlaps(range) || large_.overlaps(range)) {
        panic("frames from {} ({} bytes) freed twice", start, bytes);
    }
    lowest_free_ = std::min(lowest_free_, free_bytes());
    give_back(range);
    no_large_ = false;
}

Result<void> FrameManager::promise(std::uint64_t bytes) {
    if (!leaves(bytes, promised_ + static_cast<std::int64_t>(kernel_reserve_))) {
        return Error{Errc::kOutOfMemory, "commit limit reached"};
    }
    promised_ += static_cast<std::int64_t>(bytes);
    return {};
}

std::uint64_t FrameManager::promisable_bytes() const {
    const auto rest = static_cast<std::int64_t>(free_bytes() - kernel_reserve_) - promised_;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(rest, 0));
}

/// Makes node storage of a frame. Taking one frame needs no node.
void FrameManager::refill_pool() {
    if (auto frame = list_.allocate(kFrame)) {
        list_.add_nodes(VirtAddr{window_ + *frame}.as<void>(), kFrame);
    }
}

/// Enters a range into the list.
void FrameManager::give_back(Range range) {
    if (list_.spare_nodes() < kSpareNodes) {
        refill_pool();
    }
    if (list_.spare_nodes() == 0 && !range.empty()) {
        // Nothing is free, so the frames that come back must hold the nodes.
        list_.add_nodes(VirtAddr{window_ + range.start}.as<void>(), kFrame);
        range.start += kFrame;
    }
    if (!range.empty() && !list_.deallocate(range.start, range.bytes())) {
        panic("frames from {} ({} bytes) freed twice", PhysAddr{range.start}, range.bytes());
    }
}

void FrameManager::give_back_runs() {
    give_back(std::exchange(small_.rest, {}));
    give_back(std::exchange(large_.rest, {}));
}

/// Puts into the list what is free beside it. It may join with what is there.
bool FrameManager::find_more() {
    const bool had_runs = !small_.rest.empty() || !large_.rest.empty();
    const bool reclaimed = reclaim_ != nullptr && reclaim_(*this);
    give_back_runs();
    return had_runs || reclaimed;
}

/// False if there is no frame of that size in the list.
bool FrameManager::refill(Run& run) {
    if (list_.spare_nodes() < kSpareNodes) {
        refill_pool();
    }
    for (std::uint64_t frames = run.frames; frames != 0; frames /= 4) {
        const std::uint64_t bytes = frames * run.frame_bytes;
        if (auto start = list_.allocate_aligned(bytes, run.frame_bytes)) {
            run.rest = {*start, *start + bytes};
            return true;
        }
    }
    return false;
}

Result<PhysAddr> FrameManager::take_next(Run& run) {
    if (run.rest.empty()) [[unlikely]] {
        if (!refill(run)) {
            // What is missing may be in the other run, or beside it.
            if (!find_more() || !refill(run)) {
                return Error{Errc::kOutOfMemory, "no free frame"};
            }
        }
    }
    const PhysAddr frame{run.rest.start};
    run.rest.start += run.frame_bytes;
    return frame;
}

Result<PhysAddr> FrameManager::take(std::uint64_t bytes, std::uint64_t alignment) {
    if (bytes == small_.frame_bytes && alignment <= bytes) {
        return take_next(small_);
    }
    if (bytes == large_.frame_bytes && alignment == bytes) {
        if (no_large_) {
            return Error{Errc::kOutOfMemory, "no large frame"};
        }
        auto frame = take_next(large_);
        no_large_ = !frame;
        return frame;
    }
    alignment = std::max(alignment, kFrame);
    for (const bool last_try : {false, true}) {
        if (list_.spare_nodes() < kSpareNodes) {
            refill_pool();
        }
        auto start = list_.allocate_aligned(bytes, alignment);
        if (start || last_try || !find_more()) {
            return PhysAddr{TRY(std::move(start))};
        }
    }
    __builtin_unreachable();
}

} // namespace hermit::mm
