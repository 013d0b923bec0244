/* Page faults: the first write to places that lie a page apart in fresh memory, and what clearing a
 * page costs. */
#ifndef FIRST_WRITE_H
#define FIRST_WRITE_H

#include "measure.h"
#include "report.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#ifdef __linux__
#include <sys/klog.h>
#endif

#define PAGE_4K 4096l
#define PAGE_2M (2l << 20)

/* Fresh memory that starts on a 2 MiB boundary. */
static inline char* map_memory(size_t bytes) {
    char* const memory =
        mmap(NULL, bytes + PAGE_2M, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        fail("no memory: %zu bytes", bytes);
    }
    char* const start = (char*)(((uintptr_t)memory + PAGE_2M - 1) & -(uintptr_t)PAGE_2M);
    if (start != memory) {
        munmap(memory, (size_t)(start - memory));
    }
    munmap(start + bytes, (size_t)(memory + PAGE_2M - start));
    return start;
}

struct first_write {
    double ticks; /* per write */
    long page;    /* bytes that a fault brought; unknown, and `distance`, if that is 4 KiB */
};

/* The first write to places `distance` bytes apart, 4 KiB or 2 MiB, in `bytes` of fresh memory. */
static inline struct first_write measure_first_write(long distance, long bytes) {
    const long count = bytes / distance;
    char* const memory = map_memory((size_t)(bytes + PAGE_2M));
    *(volatile char*)memory = 1; /* the path is warm then */
    volatile char* place = memory + PAGE_2M;
    const double first = TICKS_PER_ROUND(count, (*place = 1, place += distance));
    /* Whether a fault brought 4 KiB or 2 MiB shows where nobody has written yet. */
    place = memory + PAGE_2M + (distance > PAGE_4K ? PAGE_4K : 0);
    const double next = TICKS_PER_ROUND(count, (*place = 1, place += distance));
    munmap(memory, (size_t)(bytes + PAGE_2M));
    const double loop = empty_loop_ticks(count);
    const int all_there = next - loop < (first - loop) / 4;
    return (struct first_write){first - loop, all_there ? distance : PAGE_4K};
}

/* How often the system clears a page of this size before the program gets it. Linux clears large
 * ones twice if it clears all memory that it allocates (init_on_alloc), which its log tells. */
static inline int clearings_per_page(long page) {
#ifdef __linux__
    enum { kReadAll = 3, kBytes = 1 << 20 };
    char* const log = page > PAGE_4K ? calloc(1, kBytes) : NULL;
    if (log != NULL) {
        const int length = klogctl(kReadAll, log, kBytes - 1);
        const int twice = length > 0 && strstr(log, "heap alloc:on") != NULL;
        free(log);
        return twice ? 2 : 1;
    }
#endif
    (void)page;
    return 1;
}

/* Whether this processor announces fast `rep stosb`. */
static inline int has_fast_byte_stores(void) {
    uint32_t eax = 7, ebx, ecx = 0, edx;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return (ebx >> 9 & 1) != 0;
}

/* Clears memory as the system clears a page: Linux with `rep stosb` where it is fast
 * (arch/x86/lib/clear_page_64.S), else with `rep stosq`, as Hermitage does. */
static inline void clear_as_system(void* memory, size_t bytes) {
#ifdef __linux__
    static int fast = -1;
    if (fast < 0) {
        fast = has_fast_byte_stores();
    }
    if (fast) {
        __asm__ volatile("rep stosb" : "+D"(memory), "+c"(bytes) : "a"(0) : "memory");
        return;
    }
#endif
    bytes /= 8;
    __asm__ volatile("rep stosq" : "+D"(memory), "+c"(bytes) : "a"(0l) : "memory");
}

/* Ticks to clear each of `count` pages that are mapped but not in the caches. */
static inline double clearing_ticks(long page, long count) {
    char* const memory = map_memory((size_t)(page * count));
    memset(memory, 1, (size_t)(page * count));
    char* place = memory;
    const double each =
        TICKS_PER_ROUND(count, (clear_as_system(place, (size_t)page), place += page));
    munmap(memory, (size_t)(page * count));
    return each - empty_loop_ticks(count);
}

#endif
