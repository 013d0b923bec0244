#include <mm/heap.hpp>

#include "boot_arena.hpp"
#include "kernel_space.hpp"
#include "slab_heap.hpp"

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

constinit Protected<SlabHeap<HeapPages, kChecked>> heap{LockRank::kHeap, HeapPages{}};

/// For what is needed before the memory map has been read. Only the boot core runs then.
constinit BootArena<2 * kKiB> boot_arena;
constinit bool has_frames = false;

} // namespace

void open_heap() { has_frames = true; }

void* heap_allocate(std::size_t bytes, std::size_t alignment) {
    if (!has_frames) [[unlikely]] {
        return boot_arena.allocate(bytes, alignment);
    }
    back_stack();
    return heap.with([=](auto& slabs) { return slabs.allocate(bytes, alignment); });
}

void heap_free(void* block) {
    if (block != nullptr && !boot_arena.owns(block)) {
        back_stack();
        heap.with([=](auto& slabs) { slabs.free(block); });
    }
}

bool heap_use_at_the_end(HeapUse& use) {
    return heap.if_free([&use](const auto& slabs) {
        use = {slabs.page_bytes(), slabs.peak_page_bytes()};
    });
}

} // namespace hermit::mm
