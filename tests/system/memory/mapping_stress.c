/* Threads that map, touch, check, protect, cut and unmap at random: no page is seen by two owners,
   none comes with old contents, and all memory is free again at the end. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPage = 4096, kThreads = 4, kMappings = 48 };

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
    for (size_t i = 0; i < bytes; i += kPage) {
        uint64_t* const word = (uint64_t*)(start + i);
        if (*word != 0) {
            fail("old contents", word);
        }
        *word = (uint64_t)word ^ m->tag;
    }
}

static void change(struct mapping* m, uint64_t* state) {
    check(m);
    const size_t part = m->bytes / kPage / 2 * kPage;
    switch (next(state) % 6) {
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
    default:
        if (munmap(m->start, m->bytes) != 0) {
            fail("munmap", m->start);
        }
        m->start = NULL;
    }
}

static void* work(void* argument) {
    uint64_t state = 0x9E3779B97F4A7C15u * (uint64_t)(1 + (intptr_t)argument);
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
    pthread_t threads[kThreads];
    for (intptr_t i = 0; i < kThreads; ++i) {
        if (pthread_create(&threads[i], NULL, work, (void*)i) != 0) {
            fail("pthread_create", NULL);
        }
    }
    for (int i = 0; i < kThreads; ++i) {
        pthread_join(threads[i], NULL);
    }
}

int main(int argc, char** argv) {
    rounds = argc > 1 ? atoi(argv[1]) : 200;
    run(); /* what the kernel keeps for later (node pools, thread stacks) is there after this */
    const long before = sysconf(_SC_AVPHYS_PAGES);
    run();
    const long lost = before - sysconf(_SC_AVPHYS_PAGES);
    if (lost > 64) {
        printf("%ld pages were lost\n", lost);
        return 1;
    }
    puts("ok");
    return 0;
}
