#include <mm/heap.hpp>

#include "boot_arena.hpp"
#include "kernel_space.hpp"
#include "slab_heap.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace hermit::mm {
namespace {

/// Heap pages are contiguous frames, used through the direct map: no mapping, nothing to flush.
struct HeapPages {
    void* allocate(std::size_t bytes) const {
        auto start = frames.with(
            [=](FrameManager& manager) { return manager.allocate(bytes, FrameManager::kFrame); });
        return start ? direct(*start).as<void>() : nullptr;
    }
    void free(void* pages, std::size_t bytes) const {
        const PhysAddr start{VirtAddr{pages}.value() - kDirectMap};
        frames.with([=](FrameManager& manager) { manager.free(start, bytes); });
    }
};

#ifdef HERMIT_DEBUG
constexpr bool kChecked = true;
#else
constexpr bool kChecked = false;
#endif

using NodeHeap = SlabHeap<HeapPages, kChecked>;

/// Each node has a heap, so that small objects lie near to the core that they were made for. Blocks
/// of whole pages, for which pages are taken anew, are all the first one's.
constinit Protected<NodeHeap> first_heap{LockRank::kHeap, HeapPages{}};
constinit std::array<Protected<NodeHeap>*, FrameManager::kMaxNodes> heaps{&first_heap};

Protected<NodeHeap>& heap_for(std::size_t bytes, std::size_t alignment) {
    const unsigned node = preferred_node();
    return NodeHeap::is_small(bytes, alignment) && heaps[node] != nullptr ? *heaps[node]
                                                                          : first_heap;
}

Protected<NodeHeap>& heap_of(const void* block) {
    const unsigned owner = NodeHeap::owner_of(block).value_or(0);
    if (owner >= heaps.size() || heaps[owner] == nullptr) {
        panic("kernel heap: {} is not the start of a block", block);
    }
    return *heaps[owner];
}

/// For what is needed before the memory map has been read. Only the boot core runs then.
constinit BootArena<2 * kKiB> boot_arena;
constinit bool has_frames = false;

} // namespace

void open_heap() { has_frames = true; }

void open_node_heaps(unsigned nodes) {
    for (unsigned node = 1; node < nodes; ++node) {
        using Heap = Protected<NodeHeap>;
        if (void* const place = heap_allocate(sizeof(Heap), alignof(Heap))) {
            heaps[node] = ::new (place) Heap{LockRank::kHeap, HeapPages{}, node};
        }
    }
}

void* heap_allocate(std::size_t bytes, std::size_t alignment) {
    if (!has_frames) [[unlikely]] {
        return boot_arena.allocate(bytes, alignment);
    }
    back_stack();
    return heap_for(bytes, alignment).with([=](auto& slabs) {
        return slabs.allocate(bytes, alignment);
    });
}

void heap_free(void* block) {
    if (block != nullptr && !boot_arena.owns(block)) {
        back_stack();
        heap_of(block).with([=](auto& slabs) { slabs.free(block); });
    }
}

bool heap_use_at_the_end(HeapUse& use) {
    use = {};
    bool is_known = true;
    for (const Protected<NodeHeap>* const heap : heaps) {
        is_known = is_known && (heap == nullptr || heap->if_free([&use](const auto& slabs) {
                       use.bytes += slabs.page_bytes();
                       use.peak_bytes += slabs.peak_page_bytes();
                   }));
    }
    return is_known;
}

} // namespace hermit::mm
