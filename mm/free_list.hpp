// Which parts of an address space are free: the basis of the managers of physical memory and of
// kernel addresses, and agnostic of which it is. [thesis] 3.4.2, 3.4.4.
#pragma once

#include "tree.hpp"

#include <base/result.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::mm {

/// The addresses start … end−1.
struct Range {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    constexpr std::uint64_t bytes() const { return end - start; }
    constexpr bool empty() const { return start == end; }
    friend constexpr bool operator==(Range, Range) = default;
};

/// Free ranges in order of their addresses, none touching another. All sizes and addresses are
/// multiples of the granularity. First fit; every operation is logarithmic in the number of ranges
/// (the one exception is told at `allocate_aligned`). Not thread safe.
///
/// No operation allocates memory: the nodes come from a pool that the owner fills beforehand. An
/// operation that lacks a node fails with kOutOfMemory before it changes anything; one spare node
/// is always enough, and `allocate` needs none.
class FreeList {
  public:
    /// `large_alignment`: the alignment beside the granularity by which `allocate_aligned` finds
    /// its place without trying.
    constexpr FreeList(std::uint64_t granularity, std::uint64_t large_alignment)
        : granularity_{granularity}, large_alignment_{large_alignment} {}

    /// Gives `bytes` of storage to the pool, for good.
    void add_nodes(void* storage, std::size_t bytes);
    std::size_t spare_nodes() const { return spare_nodes_; }

    /// Takes `bytes` from the first range that is large enough. Errors: kOutOfMemory.
    Result<std::uint64_t> allocate(std::uint64_t bytes);

    /// As `allocate`, from an address that is a multiple of `alignment`, a power of two. With
    /// another alignment than granularity and large alignment, ranges that may be too small are
    /// tried one by one when no other is left.
    Result<std::uint64_t> allocate_aligned(std::uint64_t bytes, std::uint64_t alignment);

    /// Makes sure that no part of the range is handed out; parts of it may be in use already.
    /// Errors: kOutOfMemory (no node).
    Result<void> reserve(std::uint64_t start, std::uint64_t bytes);

    /// Gives a range back and joins it with its neighbours. Errors: kInvalidArgument if part of it
    /// is free already, kOutOfMemory (no node).
    Result<void> deallocate(std::uint64_t start, std::uint64_t bytes);

    std::uint64_t free_bytes() const { return free_bytes_; }
    std::size_t range_count() const { return range_count_; }

    /// Calls `visit(Range)` for each free range in order.
    template <class Visit>
    void for_each(Visit visit) const {
        ranges_.for_each([&](const Node& node) { visit(node.range); });
    }

  private:
    struct Node {
        Range range;
        TreeLinks<Node> links;
        std::uint64_t large_bytes;     // from the first multiple of the large alignment on
        std::uint64_t max_bytes;       // largest range in the subtree
        std::uint64_t max_large_bytes; // largest `large_bytes` in the subtree
    };
    struct Traits {
        static TreeLinks<Node>& links(Node& node) { return node.links; }
        static std::uint64_t key(const Node& node) { return node.range.start; }
        static void summarise(Node& node);
    };

    Node* find(std::uint64_t bytes, std::uint64_t alignment) const;
    void set(Node& node, Range range);
    void take(Node& node, Range part);
    Node* new_node(Range range);
    void drop(Node& node);

    Tree<Node, Traits> ranges_;
    Node* pool_ = nullptr; // spare nodes, linked through `links.left`
    std::size_t spare_nodes_ = 0;
    std::size_t range_count_ = 0;
    std::uint64_t free_bytes_ = 0;
    std::uint64_t granularity_;
    std::uint64_t large_alignment_;
};

} // namespace hermit::mm
