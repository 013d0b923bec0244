#include "memory/heap_memory.h"

#include "startup/random.hpp"

#include <base/address.hpp>
#include <mm/app_memory.hpp>

#include <atomic>

using namespace hermit;

namespace {

/// Behind the latest reservation: the best place to look for the next, already aligned if those
/// before it were.
constinit std::atomic<std::uint64_t> next{0};

void* reserve_aligned(std::uint64_t bytes, std::uint64_t alignment) {
    const std::uint64_t hint = align_up(next.load(std::memory_order_relaxed), alignment);
    auto exact = mm::app::map(VirtAddr{hint}, bytes, {}, 0);
    if (!exact) {
        return nullptr;
    }
    if (exact->is_aligned(alignment)) {
        return exact->as<void>();
    }
    static_cast<void>(mm::app::unmap(*exact, bytes));
    // Take more than enough and give back both ends.
    auto wide = mm::app::map(VirtAddr{}, bytes + alignment, {}, 0);
    if (!wide) {
        return nullptr;
    }
    const VirtAddr start = wide->align_up(alignment);
    const VirtAddr end = start + bytes;
    if (start != *wide) {
        static_cast<void>(mm::app::unmap(*wide, start - *wide));
    }
    if (const std::uint64_t rest = *wide + (bytes + alignment) - end; rest != 0) {
        static_cast<void>(mm::app::unmap(end, rest));
    }
    return start.as<void>();
}

} // namespace

void* __hermit_heap_reserve(size_t bytes, size_t alignment) {
    bytes = align_up(bytes, 4 * kKiB);
    void* const start = reserve_aligned(bytes, alignment);
    if (start != nullptr) {
        next.store(VirtAddr{start}.value() + bytes, std::memory_order_relaxed);
    }
    return start;
}

bool __hermit_heap_commit(void* start, size_t bytes) {
    const VirtAddr first = VirtAddr{start}.align_down(4 * kKiB);
    const VirtAddr end = (VirtAddr{start} + bytes).align_up(4 * kKiB);
    return bool{mm::app::protect(first, end - first, {.read = true, .write = true})};
}

bool __hermit_heap_decommit(void* start, size_t bytes) {
    return bool{mm::app::map(VirtAddr{start}, bytes, {}, mm::app::kFixed)};
}

void __hermit_heap_release(void* start, size_t bytes) {
    static_cast<void>(mm::app::unmap(VirtAddr{start}, align_up(bytes, 4 * kKiB)));
}

size_t __hermit_heap_memory() { return mm::app::statistics().total_bytes; }

void __hermit_random_bytes(void* buffer, size_t bytes) { glue::random_bytes(buffer, bytes); }
