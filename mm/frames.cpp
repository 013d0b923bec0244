#include "frames.hpp"

#include <base/panic.hpp>

#include <algorithm>

namespace hermit::mm {

void FrameManager::add(Range usable) {
    free(PhysAddr{usable.start}, usable.bytes());
    total_ += usable.bytes();
}

void FrameManager::reserve(Range range) {
    if (list_.spare_nodes() < kSpareNodes) {
        refill();
    }
    if (!list_.reserve(range.start, range.bytes())) {
        panic("no memory for the list of free frames");
    }
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
    if (list_.spare_nodes() < kSpareNodes) {
        refill();
    }
    std::uint64_t begin = start.value();
    if (list_.spare_nodes() == 0) {
        // Nothing is free, so the frames that come back must hold the nodes.
        list_.add_nodes(VirtAddr{window_ + begin}.as<void>(), kFrame);
        begin += kFrame;
        bytes -= kFrame;
    }
    if (bytes != 0 && !list_.deallocate(begin, bytes)) {
        panic("frames from {} ({} bytes) freed twice", start, bytes);
    }
}

Result<void> FrameManager::promise(std::uint64_t bytes) {
    if (!leaves(bytes, promised_ + static_cast<std::int64_t>(kernel_reserve_))) {
        return Error{Errc::kOutOfMemory, "commit limit reached"};
    }
    promised_ += static_cast<std::int64_t>(bytes);
    return {};
}

std::uint64_t FrameManager::promisable_bytes() const {
    const auto rest = static_cast<std::int64_t>(list_.free_bytes() - kernel_reserve_) - promised_;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(rest, 0));
}

/// Makes node storage of a frame. Taking one frame needs no node.
void FrameManager::refill() {
    if (auto frame = list_.allocate(kFrame)) {
        list_.add_nodes(VirtAddr{window_ + *frame}.as<void>(), kFrame);
    }
}

Result<PhysAddr> FrameManager::take(std::uint64_t bytes, std::uint64_t alignment) {
    if (list_.spare_nodes() < kSpareNodes) {
        refill();
    }
    return PhysAddr{TRY(list_.allocate_aligned(bytes, std::max(alignment, kFrame)))};
}

} // namespace hermit::mm
