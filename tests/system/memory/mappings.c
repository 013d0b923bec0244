/* What mmap, munmap, mprotect, madvise and sbrk promise, one thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096 };
#define LARGE ((size_t)2 << 20)

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("line %d: %s, errno %d\n", __LINE__, #condition, errno);                        \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static unsigned char* map(size_t bytes, int protection) {
    unsigned char* const start = mmap(NULL, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(start != MAP_FAILED);
    return start;
}

/* The middle of a large page goes; what surrounds it stays, and what comes in its place is new. */
static void holes(void) {
    unsigned char* const start = map(4 * LARGE, PROT_READ | PROT_WRITE);
    memset(start, 0xAB, 4 * LARGE);
    unsigned char* const hole = start + LARGE + 5 * kPage;
    CHECK(munmap(hole, 3 * kPage) == 0);
    CHECK(hole[-1] == 0xAB && hole[3 * kPage] == 0xAB);
    unsigned char* const again = mmap(hole, 3 * kPage, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK(again == hole);
    for (int i = 0; i < 3 * kPage; ++i) {
        CHECK(again[i] == 0);
    }
    CHECK(mmap(hole, kPage, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
          MAP_FAILED);
    CHECK(errno == EEXIST);
    again[0] = 7;
    CHECK(mmap(hole - kPage, 2 * kPage, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == hole - kPage);
    CHECK(hole[0] == 0 && hole[-1] == 0 && hole[-kPage - 1] == 0xAB);
    CHECK(munmap(start, 4 * LARGE) == 0);
    CHECK(munmap(start, 4 * LARGE) == 0); /* nothing there any more: no error */
}

static void protections(void) {
    unsigned char* const start = map(2 * LARGE, PROT_READ | PROT_WRITE);
    memset(start, 0x11, 2 * LARGE);
    CHECK(mprotect(start + kPage, LARGE, PROT_NONE) == 0);
    CHECK(start[0] == 0x11 && start[LARGE + kPage] == 0x11);
    CHECK(mprotect(start + kPage, kPage, PROT_READ) == 0);
    CHECK(start[kPage] == 0x11);
    CHECK(mprotect(start, 2 * LARGE, PROT_READ | PROT_WRITE) == 0);
    for (size_t i = 0; i < 2 * LARGE; i += kPage) {
        CHECK(start[i] == 0x11);
        start[i] = 0x22;
    }
    CHECK(munmap(start, 2 * LARGE) == 0);
    CHECK(mprotect(start, kPage, PROT_READ) == -1 && errno == ENOMEM);
}

static void discarding(void) {
    unsigned char* const start = map(3 * LARGE, PROT_READ | PROT_WRITE);
    memset(start, 0x33, 3 * LARGE);
    CHECK(madvise(start + kPage, 2 * LARGE, MADV_DONTNEED) == 0);
    CHECK(start[0] == 0x33 && start[2 * LARGE + kPage] == 0x33);
    for (size_t i = kPage; i < 2 * LARGE + kPage; i += kPage) {
        CHECK(start[i] == 0);
        start[i] = 1;
    }
    CHECK(munmap(start, 3 * LARGE) == 0);
}

/* Code that the program itself writes. */
static void execution(void) {
    unsigned char* const code = map(kPage, PROT_READ | PROT_WRITE);
    memcpy(code, "\xb8\x2a\x00\x00\x00\xc3", 6); /* mov $42, %eax; ret */
    CHECK(mprotect(code, kPage, PROT_READ | PROT_EXEC) == 0);
    int (*function)(void);
    memcpy(&function, &code, sizeof(function));
    CHECK(function() == 42);
    CHECK(munmap(code, kPage) == 0);
}

static void break_moves(void) {
    char* const start = sbrk(0);
    CHECK(start != (void*)-1);
    CHECK(sbrk(3 * kPage + 5) == start);
    memset(start, 1, 3 * kPage + 5);
    CHECK(sbrk(0) == start + 3 * kPage + 5);
    CHECK(sbrk(-3 * kPage) == start + 3 * kPage + 5);
    CHECK(start[4] == 1);
    CHECK(sbrk(3 * kPage) == start + 5);
    CHECK(start[2 * kPage] == 0);
    CHECK(sbrk(-3 * kPage - 5) == start + 3 * kPage + 5);
}

static void refusals(void) {
    CHECK(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
          errno == EINVAL);
    unsigned char* const start = map(kPage, PROT_READ);
    CHECK(munmap(start + 1, kPage) == -1 && errno == EINVAL);
    CHECK(mprotect(start + 1, kPage, PROT_READ) == -1 && errno == EINVAL);
    CHECK(munmap(start, kPage) == 0);
    /* Address space without memory is to be had: only what can be written must be backed. */
    void* const reserved =
        mmap(NULL, (size_t)64 << 30, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(reserved != MAP_FAILED);
    CHECK(mprotect(reserved, kPage, PROT_READ | PROT_WRITE) == 0);
    *(char*)reserved = 1;
    CHECK(munmap(reserved, (size_t)64 << 30) == 0);
}

int main(void) {
    for (int round = 0; round < 20; ++round) {
        holes();
        protections();
        discarding();
        execution();
        break_moves();
        refusals();
    }
    puts("ok");
    return 0;
}
