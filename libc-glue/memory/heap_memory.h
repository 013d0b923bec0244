/* Address space and memory for the allocator, in 4 KiB granularity. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Address space that cannot be touched yet; null when there is none. `alignment` is a power of two.
 */
void* __hermit_heap_reserve(size_t bytes, size_t alignment);

/* Makes reserved memory usable and charges it. False when there is not that much memory. */
bool __hermit_heap_commit(void* start, size_t bytes);

/* Takes memory back, contents and charge; the addresses stay reserved. False if that failed. */
bool __hermit_heap_decommit(void* start, size_t bytes);

/* Gives back what was reserved, committed or not. */
void __hermit_heap_release(void* start, size_t bytes);

/* Bytes of memory that the application and the kernel share. */
size_t __hermit_heap_memory(void);

/* Random bytes for the allocator's cookies. */
void __hermit_random_bytes(void* buffer, size_t bytes);

/* The calling thread allocates no more; nothing happens if it never did. Null if malloc is not
 * linked. */
void __hermit_heap_thread_done(void) __attribute__((weak));

#ifdef __cplusplus
}
#endif
