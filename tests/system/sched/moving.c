// Affinity: a thread is where it was sent, also one that was sent while it ran, slept or waited.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static int cores;

static cpu_set_t only(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    return set;
}

static void* wander(void* argument) {
    const long start = (long)argument;
    for (int i = 0; i < 2000; ++i) {
        const int core = (int)((start + i) % cores);
        const cpu_set_t set = only(core);
        CHECK_EQUAL(pthread_setaffinity_np(pthread_self(), sizeof(set), &set), 0);
        CHECK_EQUAL(sched_getcpu(), core);
    }
    return NULL;
}

enum Occupation { kSpinning, kSleeping, kWaiting, kYielding, kOccupations };

struct Moved {
    enum Occupation occupation;
    atomic_int core;
    atomic_bool stop;
    sem_t semaphore;
};

static void* be_moved(void* argument) {
    struct Moved* moved = argument;
    while (!atomic_load(&moved->stop)) {
        const struct timespec moment = {0, 50000};
        switch (moved->occupation) {
        case kSleeping:
            nanosleep(&moment, NULL);
            break;
        case kWaiting:
            sem_wait(&moved->semaphore);
            break;
        case kYielding:
            sched_yield();
            break;
        default:
            break;
        }
        atomic_store(&moved->core, sched_getcpu());
    }
    return NULL;
}

static void move_others(enum Occupation occupation) {
    static struct Moved moved;
    pthread_t thread;
    moved.occupation = occupation;
    atomic_store(&moved.stop, 0);
    sem_init(&moved.semaphore, 0, 0);
    CHECK_EQUAL(pthread_create(&thread, NULL, be_moved, &moved), 0);
    for (int i = 0; i < 200; ++i) {
        const int core = i % cores;
        const cpu_set_t set = only(core);
        CHECK_EQUAL(pthread_setaffinity_np(thread, sizeof(set), &set), 0);
        sem_post(&moved.semaphore);
        while (atomic_load(&moved.core) != core) {
            sched_yield();
        }
    }
    atomic_store(&moved.stop, 1);
    sem_post(&moved.semaphore);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
}

int main(void) {
    cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t threads[4];
    for (long i = 0; i < 4; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, wander, (void*)i), 0);
    }
    for (int i = 0; i < 4; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    for (int i = 0; i < kOccupations; ++i) {
        move_others((enum Occupation)i);
    }
    puts("ok");
    return 0;
}
