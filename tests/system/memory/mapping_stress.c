/* Threads, at least one for every core, that map, touch, check, protect, drop, back, replace, cut
 * and unmap at random, by the seed that the second argument gives: no page is seen by two owners,
 * none comes with old contents, and all memory is free again at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096, kLeastThreads = 4, kMostThreads = 64, kMappings = 48 };

static int threads;
static uint64_t seed;

struct mapping {
    char* start;
    size_t bytes;
    uint64_t tag;
};

static int rounds;

static void fail(const char* what, const void* where) {
    printf("%s at %p, errno %d\n", what, where, errno);
    exit(1);
}

static uint64_t next(uint64_t* state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void check(const struct mapping* m) {
    for (size_t i = 0; i < m->bytes; i += kPage) {
        const uint64_t* const word = (const uint64_t*)(m->start + i);
        if (*word != ((uint64_t)word ^ m->tag)) {
            fail("another thread's contents", word);
        }
    }
}

/* The contents are zero before. */
static void fill(const struct mapping* m) {
    for (size_t i = 0; i < m->bytes; i += kPage) {
        uint64_t* const word = (uint64_t*)(m->start + i);
        if (*word != 0) {
            fail("old contents", word);
        }
        *word = (uint64_t)word ^ m->tag;
    }
}

static void create(struct mapping* m, uint64_t* state) {
    const size_t limit = next(state) % 16 == 0 ? (size_t)6 << 20 : (size_t)128 << 10;
    const size_t bytes = (next(state) % limit / kPage + 1) * kPage;
    char* const start =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        if (errno != ENOMEM) {
            fail("mmap", NULL);
        }
        return;
    }
    *m = (struct mapping){start, bytes, next(state)};
    fill(m);
}

static void change(struct mapping* m, uint64_t* state) {
    check(m);
    const size_t part = m->bytes / kPage / 2 * kPage;
    switch (next(state) % 11) {
    case 0:
        if (mprotect(m->start, m->bytes, PROT_READ) != 0) {
            fail("mprotect", m->start);
        }
        check(m);
        if (mprotect(m->start, m->bytes, PROT_READ | PROT_WRITE) != 0) {
            fail("mprotect", m->start);
        }
        break;
    case 1:
        if (part != 0) {
            if (munmap(m->start, part) != 0) {
                fail("munmap of a part", m->start);
            }
            m->start += part;
            m->bytes -= part;
        }
        break;
    case 2:
        if (mprotect(m->start, m->bytes, PROT_NONE) != 0 ||
            mprotect(m->start, m->bytes, PROT_READ | PROT_WRITE) != 0) {
            fail("mprotect to none and back", m->start);
        }
        check(m);
        break;
    case 3:
        if (madvise(m->start, m->bytes, MADV_DONTNEED) != 0) {
            fail("madvise", m->start);
        }
        fill(m);
        break;
    case 4:
        if (mmap(m->start, m->bytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != m->start) {
            if (errno != ENOMEM) {
                fail("mmap in place of another mapping", m->start);
            }
            check(m); /* the old one is whole */
            break;
        }
        fill(m);
        break;
    case 5:
        if (madvise(m->start, m->bytes, next(state) % 2 ? MADV_NOHUGEPAGE : MADV_HUGEPAGE) != 0) {
            fail("madvise on page sizes", m->start);
        }
        break;
    case 6: /* tables are looked at while others take theirs out */
        if (madvise(m->start, m->bytes, MADV_DONTNEED) != 0 || mlock(m->start, m->bytes) != 0) {
            fail("mlock", m->start);
        }
        fill(m);
        break;
    default:
        if (munmap(m->start, m->bytes) != 0) {
            fail("munmap", m->start);
        }
        m->start = NULL;
    }
}

static void* work(void* argument) {
    uint64_t state = (seed + 0x9E3779B97F4A7C15u) * (uint64_t)(1 + 2 * (intptr_t)argument);
    struct mapping mappings[kMappings] = {0};
    for (int i = 0; i < rounds; ++i) {
        struct mapping* const m = &mappings[next(&state) % kMappings];
        if (m->start == NULL) {
            create(m, &state);
        } else {
            change(m, &state);
        }
    }
    for (int i = 0; i < kMappings; ++i) {
        if (mappings[i].start != NULL) {
            check(&mappings[i]);
            munmap(mappings[i].start, mappings[i].bytes);
        }
    }
    return NULL;
}

static void run(void) {
    pthread_t workers[kMostThreads];
    for (intptr_t i = 0; i < threads; ++i) {
        if (pthread_create(&workers[i], NULL, work, (void*)i) != 0) {
            fail("pthread_create", NULL);
        }
    }
    for (int i = 0; i < threads; ++i) {
        pthread_join(workers[i], NULL);
    }
}

int main(int argc, char** argv) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    threads = cores < kLeastThreads  ? kLeastThreads
              : cores > kMostThreads ? kMostThreads
                                     : (int)cores;
    rounds = (argc > 1 ? atoi(argv[1]) : 400) / threads;
    seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
    run(); /* what the kernel keeps for later (node pools, thread stacks) is there after this */
    const long before = sysconf(_SC_AVPHYS_PAGES);
    run();
    const long lost = before - sysconf(_SC_AVPHYS_PAGES);
    if (lost > 16) { /* the nodes of free lists and regions come by the page */
        printf("%ld pages were lost\n", lost);
        return 1;
    }
    puts("ok");
    return 0;
}
