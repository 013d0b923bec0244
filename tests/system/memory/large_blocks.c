/* Large blocks begin at different places of a cache, all the same keep their alignment and their
 * size, and can be resized and freed from there; what is freed is used again. */
#include "../libc/check.h"

#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define KIB ((size_t)1 << 10)
#define MIB ((size_t)1 << 20)

enum { kArrays = 6 };

static void fill_and_check(unsigned char* block, size_t size, int value) {
    memset(block, value, size);
    CHECK_EQUAL(block[0], value);
    CHECK_EQUAL(block[size - 1], value);
}

/* Not in the same few of a page's 64 lines, which is what the fastest caches see, and not in the
 * same few of 64 pages. By chance some may meet. */
static void begin_at_different_places(size_t size) {
    unsigned char* arrays[kArrays];
    uint64_t pages = 0, lines = 0;
    for (int i = 0; i < kArrays; ++i) {
        arrays[i] = malloc(size);
        CHECK(arrays[i] != NULL);
        CHECK_EQUAL((uintptr_t)arrays[i] % 64, 0);
        fill_and_check(arrays[i], size, i);
        lines |= 1ull << ((uintptr_t)arrays[i] / 64 % 64);
        pages |= 1ull << ((uintptr_t)arrays[i] / 4096 % 64);
    }
    CHECK(__builtin_popcountll(lines) >= kArrays - 2);
    CHECK(__builtin_popcountll(pages) >= kArrays - 2);
    for (int i = 0; i < kArrays; ++i) {
        CHECK_EQUAL(arrays[i][size / 2], i);
        free(arrays[i]);
    }
}

static void have_size_and_alignment(size_t size) {
    for (size_t alignment = 16; alignment <= 32 * MIB; alignment *= 8) {
        void* block = NULL;
        CHECK_EQUAL(posix_memalign(&block, alignment, size), 0);
        CHECK_EQUAL((uintptr_t)block % alignment, 0);
        const size_t usable = malloc_usable_size(block);
        CHECK(usable >= size && usable <= size + size / 2 + alignment);
        fill_and_check(block, usable, 7);
        unsigned char* const grown = realloc(block, usable + size / 2);
        CHECK(grown != NULL && malloc_usable_size(grown) >= usable + size / 2);
        CHECK_EQUAL(grown[0], 7);
        CHECK_EQUAL(grown[usable - 1], 7);
        unsigned char* const shrunk = realloc(grown, 1000);
        CHECK(shrunk != NULL);
        CHECK_EQUAL(shrunk[999], 7);
        free(shrunk);
    }
}

static void are_zero_from_calloc(size_t size) {
    for (int round = 0; round < 3; ++round) {
        unsigned char* const block = calloc(size / 8, 8);
        CHECK(block != NULL);
        for (size_t i = 0; i < size; i += 64) {
            CHECK_EQUAL(block[i], 0);
        }
        fill_and_check(block, size, 9);
        free(block);
    }
}

/* Many times the machine's memory in all. */
static void are_used_again(size_t size) {
    unsigned char* blocks[4];
    for (size_t i = 0; i < 1024 * MIB / size; ++i) {
        for (int j = 0; j < 4; ++j) {
            blocks[j] = malloc(size);
            CHECK(blocks[j] != NULL);
            blocks[j][0] = blocks[j][size - 1] = 1;
        }
        for (int j = 0; j < 4; ++j) {
            free(blocks[j]);
        }
    }
}

static void* free_it(void* block) {
    free(block);
    return NULL;
}

static void can_be_freed_by_another_thread(size_t size) {
    for (int i = 0; i < 40; ++i) {
        unsigned char* const block = malloc(size);
        CHECK(block != NULL);
        fill_and_check(block, size, i);
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, NULL, free_it, block), 0);
        CHECK_EQUAL(pthread_join(thread, NULL), 0);
    }
}

int main(void) {
    const size_t sizes[] = {256 * KIB,   512 * KIB, 1000000, MIB,      2 * MIB,
                            4 * MIB - 1, 4 * MIB,   5000000, 16 * MIB, 17 * MIB};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); ++i) {
        begin_at_different_places(sizes[i]);
        have_size_and_alignment(sizes[i]);
        are_zero_from_calloc(sizes[i]);
        are_used_again(sizes[i]);
        can_be_freed_by_another_thread(sizes[i]);
    }
    puts("ok");
    return 0;
}
