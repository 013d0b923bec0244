/* Where in its room a block begins, so that blocks do not all begin at the same place of a cache.
 *
 * The allocator hands out room in multiples of 64 KiB. If blocks began at its start, those of
 * programs with several arrays would meet in the same few sets of every cache and translation
 * buffer, which use the middle bits of an address, and their loads would be taken to depend on each
 * other's stores, which processors decide by the lowest 12 bits. So they begin a little later, each
 * by another amount. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The fractions of two irrational numbers, in parts of 2^64: the golden ratio and the root of
 * seven. */
#define SPREAD_GOLDEN UINT64_C(0x9E3779B97F4A7C15)
#define SPREAD_ROOT_7 UINT64_C(0xA54FF53A5F1D36F1)

enum { kSpreadLine = 64, kSpreadPage = 4096 };

/* One of `count` (up to 2^32) choices for the place with this number. Fractions of an irrational
 * number's multiples divide a range evenly, and places next to each other get choices that are far
 * apart [knuth/3] §6.4. */
static inline size_t spread_choice(uint64_t number, uint64_t irrational, size_t count) {
    return (size_t)((number * irrational >> 32) * count >> 32);
}

/* A whole number of cache lines, `room` at most. Line and page are chosen apart, or places at many
 * a distance would have the same line of different pages. */
static inline size_t spread_offset(uint64_t number, size_t room) {
    if (room < kSpreadPage) {
        return spread_choice(number, SPREAD_ROOT_7, room / kSpreadLine + 1) * kSpreadLine;
    }
    return spread_choice(number, SPREAD_GOLDEN, room / kSpreadPage) * kSpreadPage +
           spread_choice(number, SPREAD_ROOT_7, kSpreadPage / kSpreadLine) * kSpreadLine;
}

/* How much more than its size a large block gets, so that it can begin later. */
static inline size_t spread_room(size_t size) {
    const size_t most = (size_t)64 * 1024;
    return size / 8 < most ? size / 8 : most;
}
