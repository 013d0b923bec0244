/* MADV_FREE: memory that nobody was charged for is there for others at once; what is written after
 * the call is kept in every case. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
enum { kPage = 4096 };

static unsigned char* map(size_t bytes, int more) {
    unsigned char* const start =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | more, -1, 0);
    CHECK(start != MAP_FAILED);
    return start;
}

/* Each page holds what it did, or nothing; what is written then stays. */
static void check_use(unsigned char* start, size_t bytes, unsigned char old) {
    for (size_t i = 0; i < bytes; i += kPage) {
        CHECK(start[i] == old || start[i] == 0);
        start[i] = 0x66;
    }
    for (size_t i = 0; i < bytes; i += kPage) {
        CHECK_EQUAL(start[i], 0x66);
    }
}

int main(void) {
    const size_t most = (size_t)sysconf(_SC_AVPHYS_PAGES) * kPage / MIB * MIB;
    const size_t bytes = most / 2;
    unsigned char* const free_for_all = map(bytes, MAP_NORESERVE);
    memset(free_for_all, 0x11, bytes);
    const long before = sysconf(_SC_AVPHYS_PAGES);
    CHECK_EQUAL(madvise(free_for_all, bytes, MADV_FREE), 0);
    CHECK(sysconf(_SC_AVPHYS_PAGES) - before >= (long)(bytes / kPage) - 16);

    unsigned char* const others = map(most / 4 * 3, 0);
    memset(others, 0x22, most / 4 * 3);
    check_use(free_for_all, most / 8, 0x11);

    CHECK_EQUAL(madvise(others + kPage, MIB, MADV_FREE), 0);
    CHECK_EQUAL(others[0], 0x22);
    CHECK_EQUAL(others[MIB + kPage], 0x22);
    check_use(others + kPage, MIB, 0x22);
    CHECK_EQUAL(munmap(others, most / 4 * 3), 0);

    CHECK_EQUAL(madvise(others, kPage, MADV_FREE), -1);
    CHECK_EQUAL(errno, ENOMEM);
    CHECK_EQUAL(munmap(free_for_all, bytes), 0);
    puts("ok");
    return 0;
}
