/* mmap in place of other mappings (MAP_FIXED): where it fails, what was there is whole; where there
 * is as much to give back as is asked for, it never fails, whatever other threads take meanwhile.
 */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define KIB ((size_t)1 << 10)
#define LARGE ((size_t)2 << 20)
enum { kPage = 4096, kMostPieces = 4096, kRounds = 300 };

static unsigned char* map_at(void* where, size_t bytes, int protection, int more) {
    return mmap(where, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS | more, -1, 0);
}

static void check_contents(const unsigned char* start, size_t bytes, unsigned char expected) {
    for (size_t i = 0; i < bytes; i += kPage) {
        CHECK_EQUAL(start[i], expected);
    }
}

/* More than there is: the old mappings and the holes between them stay as they were. */
static void too_much(void) {
    const size_t bytes = 2 * (size_t)sysconf(_SC_PHYS_PAGES) * kPage;
    unsigned char* const start = map_at(NULL, bytes, PROT_NONE, MAP_NORESERVE);
    CHECK(start != MAP_FAILED);
    unsigned char* const data = start + LARGE;
    CHECK(map_at(data, 2 * LARGE, PROT_READ | PROT_WRITE, MAP_FIXED) == data);
    memset(data, 0x5A, 2 * LARGE);
    CHECK_EQUAL(munmap(data + LARGE + kPage, kPage), 0);
    CHECK(map_at(start, bytes, PROT_READ | PROT_WRITE, MAP_FIXED) == MAP_FAILED);
    CHECK_EQUAL(errno, ENOMEM);
    check_contents(data, LARGE + kPage, 0x5A);
    check_contents(data + LARGE + 2 * kPage, LARGE - 2 * kPage, 0x5A);
    CHECK(map_at(data + LARGE + kPage, kPage, PROT_READ, MAP_FIXED_NOREPLACE) ==
          data + LARGE + kPage);
    CHECK(map_at(data + 2 * LARGE, kPage, PROT_READ, MAP_FIXED_NOREPLACE) == MAP_FAILED);
    CHECK_EQUAL(munmap(start, bytes), 0);
}

static struct {
    void* start;
    size_t bytes;
} pieces[kMostPieces];
static int piece_count;

/* Takes all memory that can be promised. */
static void eat(void) {
    for (size_t bytes = 64 * LARGE; bytes >= kPage; bytes /= 2) {
        for (void* piece; piece_count < kMostPieces &&
                          (piece = map_at(NULL, bytes, PROT_READ | PROT_WRITE, 0)) != MAP_FAILED;) {
            pieces[piece_count].start = piece;
            pieces[piece_count++].bytes = bytes;
        }
    }
    CHECK(piece_count < kMostPieces);
}

static void release(void) {
    while (piece_count != 0) {
        --piece_count;
        CHECK_EQUAL(munmap(pieces[piece_count].start, pieces[piece_count].bytes), 0);
    }
}

static _Atomic int is_over;

/* Takes what it can get, and gives it back. */
static void* snatch(void* unused) {
    while (!is_over) {
        void* const piece = map_at(NULL, 16 * kPage, PROT_READ | PROT_WRITE, 0);
        if (piece != MAP_FAILED) {
            CHECK_EQUAL(munmap(piece, 16 * kPage), 0);
        }
    }
    return unused;
}

/* All memory is promised, and another thread waits for some. */
static void with_a_rival(void) {
    pthread_t rival;
    unsigned char* const data = map_at(NULL, LARGE, PROT_READ | PROT_WRITE, 0);
    CHECK(data != MAP_FAILED);
    is_over = 0;
    CHECK_EQUAL(pthread_create(&rival, NULL, snatch, NULL), 0);
    eat();
    for (int i = 0; i < kRounds; ++i) {
        unsigned char* const part = data + (size_t)(i % 7) * 33 * kPage;
        memset(part, 1, 64 * kPage);
        CHECK(map_at(part, 64 * kPage, PROT_READ | PROT_WRITE, MAP_FIXED) == part);
        check_contents(part, 64 * kPage, 0);
    }
    is_over = 1;
    CHECK_EQUAL(pthread_join(rival, NULL), 0);
    release();
    CHECK_EQUAL(munmap(data, LARGE), 0);
}

/* The kernel itself has no memory left: neither for regions nor for page tables. */
static void without_kernel_memory(void) {
    unsigned char* const data = map_at(NULL, 2 * LARGE, PROT_READ | PROT_WRITE, 0);
    CHECK(data != MAP_FAILED);
    memset(data, 0x77, 2 * LARGE);
    eat();
    const size_t bytes = (size_t)1 << 30;
    unsigned char* const many = map_at(NULL, bytes, PROT_NONE, MAP_NORESERVE);
    CHECK(many != MAP_FAILED);
    size_t at = 0;
    while (at < bytes && mprotect(many + at, kPage, PROT_READ) == 0) {
        at += 2 * kPage;
    }
    CHECK(at < bytes);
    CHECK_EQUAL(errno, ENOMEM);
    int failures = 0;
    for (int i = 0; i < 8; ++i) {
        unsigned char* const part = data + LARGE / 2 + (size_t)i * 16 * kPage;
        if (map_at(part, 8 * kPage, PROT_READ, MAP_FIXED) == MAP_FAILED) {
            CHECK_EQUAL(errno, ENOMEM);
            check_contents(part, 8 * kPage, 0x77);
            ++failures;
        }
    }
    CHECK(failures > 0);
    check_contents(data + LARGE, LARGE, 0x77);
    CHECK_EQUAL(munmap(many, bytes), 0);
    CHECK(map_at(data, LARGE, PROT_READ | PROT_WRITE, MAP_FIXED) == data);
    check_contents(data, LARGE, 0);
    release();
    CHECK_EQUAL(munmap(data, 2 * LARGE), 0);
}

int main(void) {
    too_much();
    with_a_rival();
    without_kernel_memory();
    const long before = sysconf(_SC_AVPHYS_PAGES);
    too_much();
    with_a_rival();
    without_kernel_memory();
    CHECK(before - sysconf(_SC_AVPHYS_PAGES) < 16);
    puts("ok");
    return 0;
}
