/* Page faults: the first write to places that lie `distance` bytes apart in fresh memory. */
#ifndef FIRST_WRITE_H
#define FIRST_WRITE_H

#include "measure.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE_4K 4096l
#define PAGE_2M (2l << 20)

/* Ticks per write, negative if there is no memory. The start of the mapping is written before: the
 * path is warm then. */
static inline double first_write_ticks(long distance, long count) {
    const size_t bytes = (size_t)distance * (size_t)(count + 1);
    char* const memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return -1.0;
    }
    volatile char* place = memory;
    *place = 1;
    const double average = TICKS_PER_ROUND(count, (place += distance, *place = 1));
    munmap(memory, bytes);
    return average - empty_loop_ticks(count);
}

/* Whether this processor announces fast `rep stosb`. */
static inline int has_fast_byte_stores(void) {
    uint32_t eax = 7, ebx, ecx = 0, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ebx >> 9 & 1) != 0;
}

/* Clears memory as the system clears a page: Linux with `rep stosb` where it is fast (arch/x86/lib/
 * clear_page_64.S), Hermitage with `rep stosq`. */
static inline void clear_as_system(void* memory, size_t bytes) {
#ifdef __linux__
    if (has_fast_byte_stores()) {
        __asm__ volatile("rep stosb" : "+D"(memory), "+c"(bytes) : "a"(0) : "memory");
        return;
    }
#endif
    bytes /= 8;
    __asm__ volatile("rep stosq" : "+D"(memory), "+c"(bytes) : "a"(0l) : "memory");
}

/* Ticks to clear `bytes` of memory that is mapped, negative if there is none. Linux clears a large
 * page in pieces of 4 KiB too. */
static inline double clearing_ticks(long bytes, long rounds) {
    char* const memory =
        mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return -1.0;
    }
    const double average = MEASURE(rounds, clear_as_system(memory, (size_t)bytes));
    munmap(memory, (size_t)bytes);
    return average;
}

#endif
