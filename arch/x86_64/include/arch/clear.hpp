// Clearing of large pieces of memory at the speed of memory.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Fills memory with zeros; `bytes` is a multiple of 64. For pages that are too large for the
/// caches. What is written is visible to other cores before whatever is stored later.
extern "C" void hermit_clear_large(void* start, std::uint64_t bytes);
inline void clear_large(void* start, std::uint64_t bytes) { hermit_clear_large(start, bytes); }

} // namespace hermit::arch
