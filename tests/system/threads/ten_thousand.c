// Ten thousand threads at once, with stacks of the default size. They all wait; then they run, each
// on its own stack with its own thread-local storage, and end; then it all happens again on the
// stacks that are left.
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>

enum { kThreads = 10000, kRounds = 2 };

static sem_t go;
static atomic_uint arrived;
static atomic_uint finished;
static _Thread_local unsigned own[16];

static void* run(void* argument) {
    const unsigned number = (unsigned)(size_t)argument;
    char frame[512];
    memset(frame, (int)(number & 0x7F), sizeof frame);
    for (unsigned i = 0; i < 16; ++i) {
        CHECK_EQUAL(own[i], 0); // whoever had this memory before
        own[i] = number + i;
    }
    atomic_fetch_add(&arrived, 1);
    CHECK_EQUAL(sem_wait(&go), 0);
    for (unsigned i = 0; i < 16; ++i) {
        CHECK_EQUAL(own[i], number + i);
    }
    for (unsigned i = 0; i < sizeof frame; ++i) {
        CHECK_EQUAL(frame[i], number & 0x7F);
    }
    atomic_fetch_add(&finished, 1);
    return argument;
}

int main(void) {
    static pthread_t threads[kThreads];
    sem_init(&go, 0, 0);
    for (unsigned round = 1; round <= kRounds; ++round) {
        for (size_t i = 0; i < kThreads; ++i) {
            CHECK_EQUAL(pthread_create(&threads[i], NULL, run, (void*)i), 0);
        }
        while (atomic_load(&arrived) < round * kThreads) {
            sched_yield();
        }
        CHECK_EQUAL(atomic_load(&finished), (round - 1) * kThreads); // all there are at once
        for (unsigned i = 0; i < kThreads; ++i) {
            CHECK_EQUAL(sem_post(&go), 0);
        }
        for (size_t i = 0; i < kThreads; ++i) {
            void* result = NULL;
            CHECK_EQUAL(pthread_join(threads[i], &result), 0);
            CHECK((size_t)result == i);
        }
        CHECK_EQUAL(atomic_load(&finished), round * kThreads);
    }
    puts("ok");
    return 0;
}
