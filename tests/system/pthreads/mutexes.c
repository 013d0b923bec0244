/* Mutexes: kinds, what locking twice and unlocking another's does, time-outs, attributes. */
#define _GNU_SOURCE
#include "common.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;

static void* try_it(void* which) { return (void*)(intptr_t)pthread_mutex_trylock(which); }
static void* unlock_it(void* which) { return (void*)(intptr_t)pthread_mutex_unlock(which); }

static void* all_ways_of_locking_fail(void* which) {
    CHECK_EQUAL(pthread_mutex_trylock(which), EBUSY);
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_mutex_timedlock(which, deadline));
    TIMES_OUT(CLOCK_REALTIME, -3, pthread_mutex_timedlock(which, deadline));
    TIMES_OUT(CLOCK_MONOTONIC, 3, pthread_mutex_clocklock(which, clock, deadline));
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_mutex_clocklock(which, clock, deadline));
    struct timespec wrong = malformed(CLOCK_REALTIME, -1);
    CHECK_EQUAL(pthread_mutex_timedlock(which, &wrong), EINVAL);
    wrong = malformed(CLOCK_MONOTONIC, kSecond);
    CHECK_EQUAL(pthread_mutex_clocklock(which, CLOCK_MONOTONIC, &wrong), EINVAL);
    const struct timespec before_the_epoch = {.tv_sec = -5, .tv_nsec = 1};
    CHECK_EQUAL(pthread_mutex_timedlock(which, &before_the_epoch), ETIMEDOUT);
    return NULL;
}

static void normal(void) {
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_trylock(&mutex), EBUSY);
    elsewhere(all_ways_of_locking_fail, &mutex);
    CHECK_EQUAL(pthread_mutex_destroy(&mutex), EBUSY);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    /* What can be had at once is had, whatever the time says. */
    const struct timespec past = in_ms(CLOCK_REALTIME, -1000);
    CHECK_EQUAL(pthread_mutex_timedlock(&mutex, &past), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &past), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_clocklock(&mutex, CLOCK_PROCESS_CPUTIME_ID, &past), EINVAL);
    CHECK_EQUAL(pthread_mutex_destroy(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_init(&mutex, NULL), 0);
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
}

static void counts_its_locks(void) {
    const struct timespec past = in_ms(CLOCK_REALTIME, -1000);
    CHECK_EQUAL(pthread_mutex_lock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_trylock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_timedlock(&recursive, &past), 0);
    elsewhere(all_ways_of_locking_fail, &recursive);
    CHECK_EQUAL((intptr_t)elsewhere(unlock_it, &recursive), EPERM);
    for (int i = 0; i < 3; ++i) {
        CHECK_EQUAL((intptr_t)elsewhere(try_it, &recursive), EBUSY);
        CHECK_EQUAL(pthread_mutex_unlock(&recursive), 0);
    }
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), EPERM);
    CHECK_EQUAL(pthread_mutex_destroy(&recursive), 0);
}

static void checks_for_errors(void) {
    const struct timespec later = in_ms(CLOCK_REALTIME, 60000);
    CHECK_EQUAL(pthread_mutex_unlock(&checking), EPERM);
    CHECK_EQUAL(pthread_mutex_lock(&checking), 0);
    CHECK_EQUAL(pthread_mutex_lock(&checking), EDEADLK);
    CHECK_EQUAL(pthread_mutex_timedlock(&checking, &later), EDEADLK);
    CHECK_EQUAL(pthread_mutex_trylock(&checking), EBUSY);
    CHECK_EQUAL((intptr_t)elsewhere(unlock_it, &checking), EPERM);
    elsewhere(all_ways_of_locking_fail, &checking);
    CHECK_EQUAL(pthread_mutex_unlock(&checking), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&checking), EPERM);
    CHECK_EQUAL(pthread_mutex_destroy(&checking), 0);
}

static void* hold_for_a_while(void* held) {
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    __atomic_store_n((int*)held, 1, __ATOMIC_RELEASE);
    pause_ms(10);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    return NULL;
}

/* A lock that is given up in time is had, by everybody who waits. */
static void* wait_long_enough(void* unused) {
    const struct timespec later = in_ms(CLOCK_MONOTONIC, 60000);
    CHECK_EQUAL(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &later), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    return unused;
}
static void waiting(void) {
    int held = 0;
    pthread_t waiters[4];
    const pthread_t holder = start(hold_for_a_while, &held);
    while (!__atomic_load_n(&held, __ATOMIC_ACQUIRE)) {
        pause_ms(1);
    }
    for (int i = 0; i < 4; ++i) {
        waiters[i] = start(wait_long_enough, NULL);
    }
    for (int i = 0; i < 4; ++i) {
        join(waiters[i]);
    }
    join(holder);
}

static void attributes(void) {
    pthread_mutexattr_t attr;
    int value = -1;
    CHECK_EQUAL(pthread_mutexattr_init(&attr), 0);
    CHECK_EQUAL(pthread_mutexattr_gettype(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_MUTEX_DEFAULT);
    CHECK_EQUAL(pthread_mutexattr_getpshared(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_PRIVATE);
    CHECK_EQUAL(pthread_mutexattr_getrobust(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_MUTEX_STALLED);
    CHECK_EQUAL(pthread_mutexattr_getprotocol(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PRIO_NONE);
    CHECK_EQUAL(pthread_mutexattr_settype(&attr, -1), EINVAL);
    CHECK_EQUAL(pthread_mutexattr_setpshared(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_mutexattr_setrobust(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_mutexattr_setprotocol(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_STALLED), 0);
    CHECK_EQUAL(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_NONE), 0);
    const int kinds[] = {PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK};
    for (int i = 0; i < 3; ++i) {
        pthread_mutex_t made;
        CHECK_EQUAL(pthread_mutexattr_settype(&attr, kinds[i]), 0);
        CHECK_EQUAL(pthread_mutexattr_gettype(&attr, &value), 0);
        CHECK_EQUAL(value, kinds[i]);
        CHECK_EQUAL(pthread_mutex_init(&made, &attr), 0);
        CHECK_EQUAL(pthread_mutex_lock(&made), 0);
        CHECK_EQUAL(pthread_mutex_trylock(&made), kinds[i] == PTHREAD_MUTEX_RECURSIVE ? 0 : EBUSY);
        CHECK_EQUAL(pthread_mutex_consistent(&made), EINVAL); /* it is not robust */
        CHECK_EQUAL(pthread_mutex_getprioceiling(&made, &value), EINVAL);
        CHECK_EQUAL(pthread_mutex_setprioceiling(&made, 1, &value), EINVAL);
    }
#ifdef __hermit__
    /* Refused, not ignored: nobody inherits priorities, and a thread cannot die alone. */
    CHECK_EQUAL(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), ENOTSUP);
    CHECK_EQUAL(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), ENOTSUP);
    CHECK_EQUAL(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_PROTECT), ENOTSUP);
#endif
    CHECK_EQUAL(pthread_mutexattr_destroy(&attr), 0);
}

int main(void) {
    normal();
    counts_its_locks();
    checks_for_errors();
    waiting();
    attributes();
    puts("ok");
    return 0;
}
