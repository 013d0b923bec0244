// The kernel heap. Application memory is not here: see app_memory.hpp and malloc in libc-glue.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::mm {

/// Kernel memory of at least `bytes`, aligned to `alignment` (a power of two up to 4 KiB).
/// Null when memory is out. Any context but NMI. Before `initialize` it comes from a small store
/// (2 KiB), for good.
void* heap_allocate(std::size_t bytes, std::size_t alignment = 16);

/// Gives back what `heap_allocate` returned; null is allowed. Panics on a double free in debug
/// builds.
void heap_free(void* block);

/// Bytes of the frames that the heap holds, now and at most so far.
struct HeapUse {
    std::uint64_t bytes, peak_bytes;
};
/// For the report when the system ends: takes no lock. False if another core holds the heap's.
bool heap_use_at_the_end(HeapUse& use);

} // namespace hermit::mm
