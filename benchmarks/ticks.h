/* The time-stamp counter and the clock, on any system. */
#ifndef TICKS_H
#define TICKS_H

#include <stdint.h>
#include <time.h>

/* Reads the counter when everything before is done, and before anything after starts. */
static inline uint64_t ticks(void) {
    uint32_t low, high;
    __asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* Reads the counter as cheaply as possible. */
static inline uint64_t ticks_fast(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static inline double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* Ticks per second, measured over 20 ms of the system's clock. */
static inline double ticks_per_second(void) {
    const double start = seconds();
    const uint64_t first = ticks();
    double now;
    do {
        now = seconds();
    } while (now - start < 0.02);
    return (double)(ticks() - first) / (now - start);
}

#endif
