// The kernel heap. Application memory is not here: see app_memory.hpp and malloc in libc-glue.
#pragma once

#include <cstddef>

namespace hermit::mm {

/// Kernel memory of at least `bytes`, aligned to `alignment` (a power of two up to 4 KiB).
/// Null when memory is out. Any context but NMI.
void* heap_allocate(std::size_t bytes, std::size_t alignment = 16);

/// Gives back what `heap_allocate` returned; null is allowed. Panics on a double free in debug
/// builds.
void heap_free(void* block);

} // namespace hermit::mm
