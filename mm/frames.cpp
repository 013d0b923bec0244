#include "frames.hpp"

#include <base/panic.hpp>

#include <algorithm>

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
    const std::uint64_t more =
        nodes_[last_node_].take_following(frame_bytes, (most - 1) * frame_bytes);
    promised_ -= static_cast<std::int64_t>(more);
    return Range{first.value(), first.value() + frame_bytes + more};
}

void FrameManager::free(PhysAddr start, std::uint64_t bytes) {
    const Range range{start.value(), start.value() + bytes};
    const bool is_at_hand = std::ranges::any_of(
        nodes_, [=](const NodeFrames& node) { return node.has_at_hand(range); });
    if (is_at_hand) {
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

void FrameManager::set_nodes(std::span<const NodeRange> ranges, unsigned (*preferred)()) {
    node_ranges_ = ranges;
    preferred_ = preferred;
    for (const NodeRange& of_node : ranges) {
        const unsigned node = std::min(of_node.node, kMaxNodes - 1);
        node_count_ = std::max(node_count_, node + 1);
        while (node != 0) {
            const Range part = nodes_[0].remove_part(of_node.range, window_);
            if (part.empty()) {
                break;
            }
            nodes_[node].give(part, window_);
        }
    }
}

/// Enters a range into the lists of the nodes that it belongs to.
void FrameManager::give_back(Range range) {
    for (const NodeRange& of_node : node_ranges_) {
        // What lies before it belongs to no node by name.
        const std::uint64_t gap_end = std::clamp(of_node.range.start, range.start, range.end);
        if (gap_end != range.start) {
            nodes_[0].give({range.start, gap_end}, window_);
            range.start = gap_end;
        }
        const std::uint64_t part_end = std::clamp(of_node.range.end, range.start, range.end);
        if (part_end != range.start) {
            nodes_[std::min(of_node.node, kMaxNodes - 1)].give({range.start, part_end}, window_);
            range.start = part_end;
        }
    }
    if (!range.empty()) {
        nodes_[0].give(range, window_);
    }
}

/// Puts into the lists what is free beside them. It may join with what is there.
bool FrameManager::find_more() {
    bool found = reclaim_ != nullptr && reclaim_(*this);
    for (unsigned node = 0; node < node_count_; ++node) {
        found = nodes_[node].give_back_runs(window_) || found;
    }
    return found;
}

/// From the preferred node, or else from the next that has it.
Result<PhysAddr> FrameManager::take_from_any(std::uint64_t bytes, std::uint64_t alignment) {
    const unsigned first = preferred_ != nullptr ? preferred_() : 0;
    for (unsigned i = 0; i < node_count_; ++i) {
        const unsigned node = (first + i) % node_count_;
        if (auto start = nodes_[node].take(bytes, alignment, window_)) {
            last_node_ = node;
            return PhysAddr{*start};
        }
    }
    return Error{Errc::kOutOfMemory, "no free frames in a row"};
}

Result<PhysAddr> FrameManager::take(std::uint64_t bytes, std::uint64_t alignment) {
    const bool is_large = bytes == 2 * kMiB && alignment == bytes;
    if (is_large && no_large_) {
        return Error{Errc::kOutOfMemory, "no large frame"};
    }
    if (auto taken = take_from_any(bytes, alignment)) [[likely]] {
        return taken;
    }
    if (find_more()) {
        if (auto taken = take_from_any(bytes, alignment)) {
            return taken;
        }
    }
    no_large_ = no_large_ || is_large;
    return Error{Errc::kOutOfMemory, "no free frames in a row"};
}

} // namespace hermit::mm
