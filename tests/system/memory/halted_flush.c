/* A page is replaced while cores that know it are halted: they see the new one when they wake. With
 * "idle" the other cores have nothing to do, with "busy" they never halt: for those who count the
 * interrupts that flushing takes. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { kPage = 4096, kReaders = 3 };

static volatile unsigned* page;
static sem_t asked[kReaders], answered;
static _Atomic unsigned expected;
static _Atomic int is_over;

static void place(unsigned value) {
    void* const start = mmap((void*)page, kPage, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | (page != NULL ? MAP_FIXED : 0), -1, 0);
    CHECK(start != MAP_FAILED);
    page = start;
    CHECK(*page == 0);
    *page = value;
}

static void* read_page(void* argument) {
    sem_t* const mine = argument;
    while (sem_wait(mine) == 0 && !is_over) {
        CHECK_EQUAL(*page, expected);
        sem_post(&answered);
    }
    return NULL;
}

static void* spin(void* unused) {
    while (!is_over) {
    }
    return unused;
}

static void replace(int rounds) {
    const struct timespec moment = {0, 300000};
    for (unsigned round = 1; round <= (unsigned)rounds; ++round) {
        place(round);
        expected = round;
        for (int i = 0; i < kReaders; ++i) {
            sem_post(&asked[i]);
        }
        for (int i = 0; i < kReaders; ++i) {
            sem_wait(&answered);
        }
        if (round % 2 == 0) {
            nanosleep(&moment, NULL); /* they halt */
        }
    }
}

int main(int argc, char** argv) {
    pthread_t threads[kReaders];
    const char* const what = argc > 1 ? argv[1] : "";
    const int is_idle = strcmp(what, "idle") == 0;
    const int is_busy = strcmp(what, "busy") == 0;
    place(0);
    sem_init(&answered, 0, 0);
    for (int i = 0; i < kReaders && !is_idle; ++i) {
        sem_init(&asked[i], 0, 0);
        CHECK_EQUAL(pthread_create(&threads[i], NULL, is_busy ? spin : read_page, &asked[i]), 0);
    }
    if (is_idle || is_busy) {
        for (unsigned round = 1; round <= 50; ++round) {
            place(round);
        }
    } else {
        replace(atoi(what));
    }
    is_over = 1;
    for (int i = 0; i < kReaders && !is_idle; ++i) {
        sem_post(&asked[i]);
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    puts("ok");
    return 0;
}
