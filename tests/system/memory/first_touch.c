/* First touches of 2 MiB pages: interrupts are served while a page is cleared, a more important
 * thread may even touch the same page meanwhile, also when no second large frame is left for it,
 * and one frame is all that a page takes, however many threads touch it at once. */
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define LARGE ((size_t)2 << 20)
enum { kPages = 24, kThreads = 8, kRounds = 20, kMostEaten = 256 };

static unsigned char* map(size_t bytes) {
    unsigned char* const start =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(start != MAP_FAILED);
    CHECK((uintptr_t)start % LARGE == 0);
    return start;
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static unsigned char* pages;
static _Atomic int touching = -1; /* the page that is being touched */
static int64_t latest_ns;
static int overtaken;

/* Wakes often, and touches the page that the other thread is at. */
static void* watch(void* unused) {
    while (touching < kPages) {
        const int64_t due = now_ns() + 100000;
        const struct timespec until = {due / 1000000000, due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        const int64_t late = now_ns() - due;
        latest_ns = late > latest_ns ? late : latest_ns;
        const int page = touching;
        if (page >= 0 && page < kPages && page % 4 == 3) {
            volatile unsigned char* const byte = pages + page * LARGE + 4096;
            overtaken += *byte == 0;
            *byte = 0x77;
        }
    }
    return unused;
}

static void start(pthread_t* thread, void* (*run)(void*), void* argument, int priority) {
    pthread_attr_t attributes;
    struct sched_param parameter = {.sched_priority = priority};
    CHECK_EQUAL(pthread_attr_init(&attributes), 0);
    if (priority != 0) {
        CHECK_EQUAL(pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED), 0);
        CHECK_EQUAL(pthread_attr_setschedpolicy(&attributes, SCHED_FIFO), 0);
        CHECK_EQUAL(pthread_attr_setschedparam(&attributes, &parameter), 0);
    }
    CHECK_EQUAL(pthread_create(thread, &attributes, run, argument), 0);
}

static struct {
    void* start;
    size_t bytes;
} eaten[kMostEaten];
static int eaten_count;

/* Takes all that can be promised. */
static void eat(void) {
    for (size_t bytes = 64 * LARGE; bytes >= 4096; bytes /= 2) {
        for (void* piece; (piece = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) != MAP_FAILED;) {
            CHECK(eaten_count < kMostEaten);
            eaten[eaten_count].start = piece;
            eaten[eaten_count++].bytes = bytes;
        }
    }
}

static void release(void) {
    while (eaten_count != 0) {
        --eaten_count;
        CHECK_EQUAL(munmap(eaten[eaten_count].start, eaten[eaten_count].bytes), 0);
    }
}

static void interrupted(int is_alone, int is_scarce) {
    pthread_t watcher;
    pages = map(kPages * LARGE);
    if (is_scarce) {
        eat();
    }
    start(&watcher, watch, NULL, 20);
    for (int i = 0; i < kPages; ++i) {
        touching = i;
        pages[i * LARGE] = (unsigned char)(i + 1);
    }
    touching = kPages;
    CHECK_EQUAL(pthread_join(watcher, NULL), 0);
    for (size_t at = 0; at < kPages * LARGE; ++at) {
        const unsigned char is = pages[at];
        CHECK(is == (at % LARGE == 0 ? at / LARGE + 1 : 0) ||
              (at % LARGE == 4096 && at / LARGE % 4 == 3 && is == 0x77));
    }
    if (is_alone) {
        /* Clearing 2 MiB takes 262,144 of these. */
        printf("latest %s\n", latest_ns < 60000 ? "in time" : "too late");
        CHECK(overtaken > 0);
    }
    release();
    CHECK_EQUAL(munmap(pages, kPages * LARGE), 0);
}

static _Atomic int arrived;

static void* touch(void* argument) {
    volatile uint64_t* const words = (uint64_t*)pages;
    const int self = (int)(intptr_t)argument;
    for (int round = 0; round < kRounds; ++round) {
        ++arrived;
        while (arrived < (round + 1) * kThreads) {
            sched_yield();
        }
        words[(size_t)round * LARGE / 8 + (size_t)self * 4099] += (uint64_t)self + 1;
    }
    return NULL;
}

static void together(void) {
    pthread_t threads[kThreads];
    pages = map(kRounds * LARGE);
    arrived = 0;
    for (int i = 0; i < kThreads; ++i) {
        start(&threads[i], touch, (void*)(intptr_t)i, 0);
    }
    for (int i = 0; i < kThreads; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    const uint64_t* const words = (uint64_t*)pages;
    uint64_t sum = 0;
    for (size_t i = 0; i < kRounds * LARGE / 8; ++i) {
        sum += words[i];
    }
    CHECK_EQUAL(sum, (uint64_t)kRounds * kThreads * (kThreads + 1) / 2);
    CHECK_EQUAL(munmap(pages, kRounds * LARGE), 0);
}

int main(int argc, char** argv) {
    const int is_alone = argc > 1 && strcmp(argv[1], "alone") == 0;
    const int is_scarce = argc > 2 && strcmp(argv[2], "scarce") == 0;
    together(); /* what the kernel keeps for later is there after this */
    const long before = sysconf(_SC_AVPHYS_PAGES);
    interrupted(is_alone, is_scarce);
    together();
    const long lost = before - sysconf(_SC_AVPHYS_PAGES);
    CHECK(lost < 32);
    puts("ok");
    return 0;
}
