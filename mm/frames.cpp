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

Result<PhysAddr> FrameManager::allocate_promised(std::uint64_t bytes, std::uint64_t alignment) {
    const PhysAddr frame = TRY(take(bytes, alignment));
    promised_ -= static_cast<std::int64_t>(bytes);
    return frame;
}

void FrameManager::free(PhysAddr start, std::uint64_t bytes) {
    const Range range{start.value(), start.value() + bytes};
    if (range.start < run_.end && run_.start < range.end) {
        panic("frames from {} ({} bytes) freed twice", start, bytes);
    }
    give_back(range);
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
void FrameManager::refill() {
    if (auto frame = list_.allocate(kFrame)) {
        list_.add_nodes(VirtAddr{window_ + *frame}.as<void>(), kFrame);
    }
}

/// Enters a range into the list.
void FrameManager::give_back(Range range) {
    if (list_.spare_nodes() < kSpareNodes) {
        refill();
    }
    if (list_.spare_nodes() == 0) {
        // Nothing is free, so the frames that come back must hold the nodes.
        list_.add_nodes(VirtAddr{window_ + range.start}.as<void>(), kFrame);
        range.start += kFrame;
    }
    if (!range.empty() && !list_.deallocate(range.start, range.bytes())) {
        panic("frames from {} ({} bytes) freed twice", PhysAddr{range.start}, range.bytes());
    }
}

Result<PhysAddr> FrameManager::take_single() {
    if (run_.empty()) [[unlikely]] {
        auto start = list_.allocate(kRunBytes);
        const std::uint64_t bytes = start ? kRunBytes : kFrame;
        const std::uint64_t first = start ? *start : TRY(list_.allocate(kFrame));
        run_ = {first, first + bytes};
    }
    const PhysAddr frame{run_.start};
    run_.start += kFrame;
    return frame;
}

Result<PhysAddr> FrameManager::take(std::uint64_t bytes, std::uint64_t alignment) {
    if (bytes == kFrame && alignment <= kFrame) {
        return take_single();
    }
    if (list_.spare_nodes() < kSpareNodes) {
        refill();
    }
    alignment = std::max(alignment, kFrame);
    auto start = list_.allocate_aligned(bytes, alignment);
    if (start) {
        return PhysAddr{*start};
    }
    if (!run_.empty()) {
        // What is missing may be next to the run.
        give_back(std::exchange(run_, {}));
    }
    return PhysAddr{TRY(list_.allocate_aligned(bytes, alignment))};
}

} // namespace hermit::mm
