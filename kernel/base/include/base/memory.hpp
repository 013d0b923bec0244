// The kernel's own mem* functions, general registers only. A force-included header makes the
// compiler's implicit calls to memcpy and its kin go here, so that no kernel object needs the libc.
#pragma once

#include <cstddef>

extern "C" {
void* hermit_memcpy(void* __restrict to, const void* __restrict from, std::size_t bytes);
void* hermit_memmove(void* to, const void* from, std::size_t bytes);
void* hermit_memset(void* to, int value, std::size_t bytes);
int hermit_memcmp(const void* a, const void* b, std::size_t bytes);
}
