/* Maps a GiB in the way that the argument names, says where, and waits to be looked at. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <string.h>
#include <sys/mman.h>

#define GIB ((size_t)1 << 30)
#define LARGE ((size_t)2 << 20)
enum { kPage = 4096 };

static void check_contents(const unsigned char* start) {
    for (size_t at = 0; at < GIB; at += LARGE / 2) {
        CHECK_EQUAL(start[at], at == 5 * LARGE ? 7 : 0);
    }
}

int main(int argc, char** argv) {
    const char* const what = argc > 1 ? argv[1] : "";
    const int is_populated = strcmp(what, "touched") != 0 && strcmp(what, "small") != 0;
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (is_populated ? MAP_POPULATE : 0);
    unsigned char* const start = mmap(NULL, GIB, PROT_READ | PROT_WRITE, flags, -1, 0);
    CHECK(start != MAP_FAILED);
    if (strcmp(what, "small") == 0) {
        CHECK_EQUAL(madvise(start, GIB, MADV_NOHUGEPAGE), 0);
        memset(start, 0, 4 * LARGE);
        CHECK_EQUAL(madvise(start, GIB, MADV_HUGEPAGE), 0);
        memset(start + 4 * LARGE, 0, LARGE);
    }
    start[5 * LARGE] = 7;
    if (strcmp(what, "touched") == 0) {
        start[9 * LARGE] = 7;
    }
    if (strcmp(what, "split") == 0 || strcmp(what, "joined") == 0) {
        CHECK_EQUAL(mprotect(start + 3 * LARGE + kPage, kPage, PROT_READ), 0);
    }
    if (strcmp(what, "joined") == 0) {
        start[3 * LARGE + 7 * kPage] = 0; /* the processor notes that in the page's entry */
        CHECK_EQUAL(mprotect(start + 3 * LARGE + kPage, kPage, PROT_READ | PROT_WRITE), 0);
        start[3 * LARGE + kPage] = 0;
    }
    if (strcmp(what, "toggled") == 0 || strcmp(what, "settled") == 0) {
        for (int i = 0; i < 10; ++i) {
            CHECK_EQUAL(mprotect(start + 3 * LARGE + kPage, kPage, PROT_NONE), 0);
            CHECK_EQUAL(mprotect(start + 3 * LARGE + kPage, kPage, PROT_READ | PROT_WRITE), 0);
            start[3 * LARGE + kPage] = 0;
        }
    }
    if (strcmp(what, "settled") == 0) {
        CHECK_EQUAL(mprotect(start, GIB, PROT_READ), 0);
    }
    if (strcmp(what, "refilled") == 0) {
        CHECK_EQUAL(madvise(start + 3 * LARGE + kPage, LARGE - kPage, MADV_DONTNEED), 0);
        start[3 * LARGE + kPage] = 1;
        CHECK_EQUAL(madvise(start + 3 * LARGE + kPage, LARGE - kPage, MADV_DONTNEED), 0);
        CHECK_EQUAL(madvise(start + 3 * LARGE, kPage, MADV_DONTNEED), 0);
        start[3 * LARGE + kPage] = 0;
    }
    if (strcmp(what, "hole") == 0) {
        CHECK_EQUAL(madvise(start + 3 * LARGE + kPage, LARGE, MADV_DONTNEED), 0);
    }
    if (strcmp(what, "hole") != 0 && is_populated) {
        check_contents(start);
    }
    printf("%p\n", (void*)start);
    fflush(stdout);
    for (;;) {
        __asm__ volatile("pause" : : "r"(start) : "memory");
    }
}
