#include "free_list.hpp"

#include <base/address.hpp>

#include <algorithm>
#include <new>

namespace hermit::mm {
namespace {

/// Bytes of `range` from the first multiple of `alignment` on.
std::uint64_t bytes_aligned(Range range, std::uint64_t alignment) {
    const std::uint64_t first = align_up(range.start, alignment);
    return first >= range.start && first < range.end ? range.end - first : 0;
}

} // namespace

void FreeList::Traits::summarise(Node& node) {
    node.max_bytes = node.range.bytes();
    node.max_large_bytes = node.large_bytes;
    for (const Node* child : {node.links.left, node.links.right}) {
        if (child != nullptr) {
            node.max_bytes = std::max(node.max_bytes, child->max_bytes);
            node.max_large_bytes = std::max(node.max_large_bytes, child->max_large_bytes);
        }
    }
}

void FreeList::add_nodes(void* storage, std::size_t bytes) {
    auto* const nodes = static_cast<Node*>(storage);
    for (std::size_t i = 0; i < bytes / sizeof(Node); ++i) {
        Node* const node = ::new (static_cast<void*>(nodes + i)) Node{};
        node->links.left = pool_;
        pool_ = node;
        ++spare_nodes_;
    }
}

Result<std::uint64_t> FreeList::allocate(std::uint64_t bytes) {
    return allocate_aligned(bytes, granularity_);
}

Result<std::uint64_t> FreeList::allocate_aligned(std::uint64_t bytes, std::uint64_t alignment) {
    ASSERT(bytes != 0 && is_aligned(bytes, granularity_) && is_power_of_two(alignment));
    Node* const node = find(bytes, alignment);
    if (node == nullptr) {
        return Error{Errc::kOutOfMemory, "no free range is large enough"};
    }
    const std::uint64_t start = align_up(node->range.start, alignment);
    const Range part{start, start + bytes};
    if (part.start != node->range.start && part.end != node->range.end && spare_nodes_ == 0) {
        return Error{Errc::kOutOfMemory, "no node to split a free range"};
    }
    take(*node, part);
    return start;
}

Result<void> FreeList::reserve(std::uint64_t start, std::uint64_t bytes) {
    ASSERT(is_aligned(start, granularity_) && is_aligned(bytes, granularity_));
    const std::uint64_t end = start + bytes;
    Node* node = ranges_.at_or_below(start);
    if (node == nullptr || node->range.end <= start) {
        node = ranges_.at_or_above(start);
    }
    if (node != nullptr && node->range.start < start && node->range.end > end &&
        spare_nodes_ == 0) {
        return Error{Errc::kOutOfMemory, "no node to split a free range"};
    }
    while (node != nullptr && node->range.start < end) {
        const Range part{std::max(start, node->range.start), std::min(end, node->range.end)};
        take(*node, part);
        node = ranges_.at_or_above(part.end);
    }
    return {};
}

Result<void> FreeList::deallocate(std::uint64_t start, std::uint64_t bytes) {
    ASSERT(bytes != 0 && is_aligned(start, granularity_) && is_aligned(bytes, granularity_));
    const std::uint64_t end = start + bytes;
    Node* const before = ranges_.at_or_below(start);
    Node* const after = ranges_.at_or_above(start);
    if ((before != nullptr && before->range.end > start) ||
        (after != nullptr && after->range.start < end)) {
        return Error{Errc::kInvalidArgument, "range is free already"};
    }
    // [thesis] Figure 3.2: extend to the right, extend to the left, close a gap, stand alone.
    const bool touches_before = before != nullptr && before->range.end == start;
    const bool touches_after = after != nullptr && after->range.start == end;
    if (touches_before && touches_after) {
        const std::uint64_t joined_end = after->range.end;
        drop(*after);
        set(*before, {before->range.start, joined_end});
    } else if (touches_before) {
        set(*before, {before->range.start, end});
    } else if (touches_after) {
        set(*after, {start, after->range.end});
    } else if (new_node({start, end}) == nullptr) {
        return Error{Errc::kOutOfMemory, "no node for a free range"};
    }
    free_bytes_ += bytes;
    return {};
}

FreeList::Node* FreeList::find(std::uint64_t bytes, std::uint64_t alignment) const {
    if (alignment <= granularity_) {
        return ranges_.find_first([=](const Node& top) { return top.max_bytes >= bytes; },
                                  [=](const Node& node) { return node.range.bytes() >= bytes; });
    }
    if (alignment == large_alignment_) {
        return ranges_.find_first([=](const Node& top) { return top.max_large_bytes >= bytes; },
                                  [=](const Node& node) { return node.large_bytes >= bytes; });
    }
    // This many bytes hold an aligned piece wherever they start.
    const std::uint64_t enough = bytes + alignment - granularity_;
    Node* const sure =
        ranges_.find_first([=](const Node& top) { return top.max_bytes >= enough; },
                           [=](const Node& node) { return node.range.bytes() >= enough; });
    if (sure != nullptr) {
        return sure;
    }
    return ranges_.search_first(
        [=](const Node& top) { return top.max_bytes >= bytes; },
        [=](const Node& node) { return bytes_aligned(node.range, alignment) >= bytes; });
}

/// Gives a node in the tree other bounds that keep its place in order.
void FreeList::set(Node& node, Range range) {
    node.range = range;
    node.large_bytes = bytes_aligned(range, large_alignment_);
    ranges_.refresh(node);
}

/// Takes `part` out of `node`. Splitting needs a spare node.
void FreeList::take(Node& node, Range part) {
    const Range whole = node.range;
    free_bytes_ -= part.bytes();
    if (part == whole) {
        drop(node);
    } else if (part.start == whole.start) {
        set(node, {part.end, whole.end});
    } else {
        set(node, {whole.start, part.start});
        if (part.end != whole.end) {
            ASSERT(new_node({part.end, whole.end}) != nullptr);
        }
    }
}

FreeList::Node* FreeList::new_node(Range range) {
    Node* const node = pool_;
    if (node != nullptr) {
        pool_ = node->links.left;
        --spare_nodes_;
        node->range = range;
        node->large_bytes = bytes_aligned(range, large_alignment_);
        ranges_.insert(*node);
        ++range_count_;
    }
    return node;
}

void FreeList::drop(Node& node) {
    ranges_.erase(node);
    node.links.left = pool_;
    pool_ = &node;
    ++spare_nodes_;
    --range_count_;
}

} // namespace hermit::mm
