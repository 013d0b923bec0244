// Threads begin and end on all cores at once, some joined while they end and some detached. Where
// each one runs is counted: none may land on a core that others leave empty.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

enum { kCreators = 4, kEach = 200, kMaxCores = 16 };

static atomic_int finished;
static atomic_int runs[kMaxCores];
static pthread_barrier_t all_there;

static void* end_at_once(void* argument) {
    atomic_fetch_add(&finished, 1);
    return argument;
}

static void* create_many(void* argument) {
    for (long i = 0; i < kEach; ++i) {
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, NULL, end_at_once, (void*)i), 0);
        if (i % 4 == 3) {
            CHECK_EQUAL(pthread_detach(thread), 0);
        } else {
            void* result = NULL;
            CHECK_EQUAL(pthread_join(thread, &result), 0);
            CHECK_EQUAL((long)result, i);
        }
    }
    return argument;
}

static void* count_core(void* argument) {
    CHECK(sched_getcpu() >= 0 && sched_getcpu() < kMaxCores);
    atomic_fetch_add(&runs[sched_getcpu()], 1);
    pthread_barrier_wait(&all_there); // all exist at the same time
    return argument;
}

int main(void) {
    const int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    CHECK(cores <= kMaxCores);
    pthread_t threads[kMaxCores];

    for (int i = 0; i < kCreators; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, create_many, NULL), 0);
    }
    for (int i = 0; i < kCreators; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    while (atomic_load(&finished) != kCreators * kEach) {
        sched_yield(); // the detached ones
    }
    usleep(10000); // and they have to be gone, not only to have finished

    // With the initial thread each core has one.
    pthread_barrier_init(&all_there, NULL, (unsigned)cores);
    for (int i = 0; i < cores - 1; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, count_core, NULL), 0);
    }
    count_core(NULL);
    for (int i = 0; i < cores - 1; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    for (int core = 0; core < cores; ++core) {
        CHECK_EQUAL(runs[core], 1);
    }
    puts("ok");
    return 0;
}
