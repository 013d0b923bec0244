/* Barriers, spinlocks and one-time initialisation. */
#define _GNU_SOURCE
#include "common.h"

#include <sched.h>

enum { kThreads = 5, kRounds = 500 };

static pthread_barrier_t barrier;
static int arrived[kRounds];
static int chosen[kRounds]; /* how many were told to be the one */

static void* meet(void* unused) {
    for (int i = 0; i < kRounds; ++i) {
        __atomic_fetch_add(&arrived[i], 1, __ATOMIC_RELAXED);
        const int result = pthread_barrier_wait(&barrier);
        CHECK_EQUAL(__atomic_load_n(&arrived[i], __ATOMIC_RELAXED), kThreads);
        CHECK(result == 0 || result == PTHREAD_BARRIER_SERIAL_THREAD);
        if (result != 0) {
            __atomic_fetch_add(&chosen[i], 1, __ATOMIC_RELAXED);
        }
    }
    return unused;
}

static void barriers(void) {
    pthread_t threads[kThreads];
    CHECK_EQUAL(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
    CHECK_EQUAL(pthread_barrier_init(&barrier, NULL, kThreads), 0);
    for (int i = 0; i < kThreads; ++i) {
        threads[i] = start(meet, NULL);
    }
    for (int i = 0; i < kThreads; ++i) {
        join(threads[i]);
    }
    for (int i = 0; i < kRounds; ++i) {
        CHECK_EQUAL(chosen[i], 1);
    }
    CHECK_EQUAL(pthread_barrier_destroy(&barrier), 0);
    CHECK_EQUAL(pthread_barrier_init(&barrier, NULL, 1), 0);
    CHECK_EQUAL(pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    CHECK_EQUAL(pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    CHECK_EQUAL(pthread_barrier_destroy(&barrier), 0);
}

/* Whoever is the one may destroy the barrier at once, and use its memory for something else. */
static void* wait_once(void* which) {
    const int result = pthread_barrier_wait(which);
    if (result == PTHREAD_BARRIER_SERIAL_THREAD) {
        CHECK_EQUAL(pthread_barrier_destroy(which), 0);
        memset(which, 0xFF, sizeof(pthread_barrier_t));
    }
    return NULL;
}
static void destroyed_at_once(void) {
    for (int round = 0; round < 50; ++round) {
        pthread_barrier_t local;
        pthread_t threads[3];
        CHECK_EQUAL(pthread_barrier_init(&local, NULL, 3), 0);
        for (int i = 0; i < 3; ++i) {
            threads[i] = start(wait_once, &local);
        }
        for (int i = 0; i < 3; ++i) {
            join(threads[i]);
        }
    }
}

static void barrier_attributes(void) {
    pthread_barrierattr_t attr;
    int value = -1;
    CHECK_EQUAL(pthread_barrierattr_init(&attr), 0);
    CHECK_EQUAL(pthread_barrierattr_getpshared(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_PRIVATE);
    CHECK_EQUAL(pthread_barrierattr_setpshared(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), 0);
    CHECK_EQUAL(pthread_barrier_init(&barrier, &attr, 1), 0);
    CHECK_EQUAL(pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    CHECK_EQUAL(pthread_barrier_destroy(&barrier), 0);
    CHECK_EQUAL(pthread_barrierattr_destroy(&attr), 0);
}

static pthread_spinlock_t spinlock;
static long counter;
static int tried;
static void* count(void* unused) {
    CHECK_EQUAL(pthread_spin_trylock(&spinlock), EBUSY); /* main has it */
    __atomic_fetch_add(&tried, 1, __ATOMIC_RELAXED);
    for (int i = 0; i < kRounds; ++i) {
        CHECK_EQUAL(pthread_spin_lock(&spinlock), 0);
        ++counter;
        CHECK_EQUAL(pthread_spin_unlock(&spinlock), 0);
    }
    return unused;
}
static void spinlocks(void) {
    pthread_t threads[kThreads];
    CHECK_EQUAL(pthread_spin_init(&spinlock, PTHREAD_PROCESS_PRIVATE), 0);
    CHECK_EQUAL(pthread_spin_trylock(&spinlock), 0);
    CHECK_EQUAL(pthread_spin_trylock(&spinlock), EBUSY);
    for (int i = 0; i < kThreads; ++i) {
        threads[i] = start(count, NULL);
    }
    while (__atomic_load_n(&tried, __ATOMIC_RELAXED) < kThreads) {
        sched_yield();
    }
    CHECK_EQUAL(pthread_spin_unlock(&spinlock), 0);
    for (int i = 0; i < kThreads; ++i) {
        join(threads[i]);
    }
    CHECK_EQUAL(counter, kThreads * kRounds);
    CHECK_EQUAL(pthread_spin_destroy(&spinlock), 0);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int initialised;
static void initialise(void) {
    pause_ms(5);
    ++initialised;
}
static void* need_initialised(void* unused) {
    CHECK_EQUAL(pthread_once(&once, initialise), 0);
    CHECK_EQUAL(initialised, 1);
    return unused;
}

/* A thread that ends in the function has not called it: the next one does. */
static pthread_once_t interrupted = PTHREAD_ONCE_INIT;
static int attempts;
static void end_at_first(void) {
    if (__atomic_add_fetch(&attempts, 1, __ATOMIC_RELAXED) == 1) {
        pause_ms(20);
        pthread_exit(NULL);
    }
}
static void* attempt(void* unused) {
    CHECK_EQUAL(pthread_once(&interrupted, end_at_first), 0);
    return unused;
}

static void one_time_initialisation(void) {
    pthread_t threads[kThreads];
    for (int i = 0; i < kThreads; ++i) {
        threads[i] = start(need_initialised, NULL);
    }
    for (int i = 0; i < kThreads; ++i) {
        join(threads[i]);
        threads[i] = start(attempt, NULL);
    }
    for (int i = 0; i < kThreads; ++i) {
        join(threads[i]);
    }
    CHECK_EQUAL(attempts, 2);
}

int main(void) {
    barriers();
    destroyed_at_once();
    barrier_attributes();
    spinlocks();
    one_time_initialisation();
    puts("ok");
    return 0;
}
