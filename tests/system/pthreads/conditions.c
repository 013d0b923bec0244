/* Condition variables: clocks and time-outs, who is woken, mutexes of all kinds, destruction. */
#define _GNU_SOURCE
#include "common.h"

enum { kWaiters = 6 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

static void time_outs(void) {
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_cond_timedwait(&condition, &mutex, deadline));
    TIMES_OUT(CLOCK_REALTIME, -3, pthread_cond_timedwait(&condition, &mutex, deadline));
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_cond_clockwait(&condition, &mutex, clock, deadline));
    TIMES_OUT(CLOCK_MONOTONIC, 3, pthread_cond_clockwait(&condition, &mutex, clock, deadline));
    struct timespec wrong = malformed(CLOCK_REALTIME, -1);
    CHECK_EQUAL(pthread_cond_timedwait(&condition, &mutex, &wrong), EINVAL);
    wrong = malformed(CLOCK_MONOTONIC, kSecond);
    CHECK_EQUAL(pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &wrong), EINVAL);
    const struct timespec past = in_ms(CLOCK_MONOTONIC, -1);
    CHECK_EQUAL(pthread_cond_clockwait(&condition, &mutex, CLOCK_THREAD_CPUTIME_ID, &past), EINVAL);
    CHECK_EQUAL(pthread_mutex_trylock(&mutex), EBUSY); /* still held, after every error */
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
}

static void own_clock(void) {
    pthread_condattr_t attr;
    clockid_t own = -1;
    int value = -1;
    CHECK_EQUAL(pthread_condattr_init(&attr), 0);
    CHECK_EQUAL(pthread_condattr_getclock(&attr, &own), 0);
    CHECK_EQUAL(own, CLOCK_REALTIME);
    CHECK_EQUAL(pthread_condattr_getpshared(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_PRIVATE);
    CHECK_EQUAL(pthread_condattr_setclock(&attr, CLOCK_PROCESS_CPUTIME_ID), EINVAL);
    CHECK_EQUAL(pthread_condattr_setclock(&attr, CLOCK_THREAD_CPUTIME_ID), EINVAL);
    CHECK_EQUAL(pthread_condattr_setclock(&attr, 9999), EINVAL);
    CHECK_EQUAL(pthread_condattr_setpshared(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
    CHECK_EQUAL(pthread_condattr_getclock(&attr, &own), 0);
    CHECK_EQUAL(own, CLOCK_MONOTONIC);

    pthread_cond_t monotonic;
    CHECK_EQUAL(pthread_cond_init(&monotonic, &attr), 0);
    CHECK_EQUAL(pthread_condattr_destroy(&attr), 0);
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    TIMES_OUT(CLOCK_MONOTONIC, 5, pthread_cond_timedwait(&monotonic, &mutex, deadline));
    /* A real time is decades away on the monotonic clock: a wait that took it for its own would
       end at once. */
    TIMES_OUT(CLOCK_REALTIME, 5, pthread_cond_clockwait(&monotonic, &mutex, clock, deadline));
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQUAL(pthread_cond_destroy(&monotonic), 0);
}

static int waiting;
static int permits;
static int woken;

static void* take_permit(void* unused) {
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    ++waiting;
    while (permits == 0) {
        CHECK_EQUAL(pthread_cond_wait(&condition, &mutex), 0);
    }
    --permits;
    ++woken;
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    return unused;
}

static void await(const int* counter, int value) {
    for (;;) {
        CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
        const int now = *counter;
        CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
        if (now == value) {
            return;
        }
        pause_ms(1);
    }
}

static void give(int count, int (*wake)(pthread_cond_t*)) {
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    permits += count;
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQUAL(wake(&condition), 0); /* without the mutex, as is allowed */
}

static void signals_and_broadcasts(void) {
    pthread_t threads[kWaiters];
    CHECK_EQUAL(pthread_cond_signal(&condition), 0); /* nobody waits: it is not kept */
    CHECK_EQUAL(pthread_cond_broadcast(&condition), 0);
    for (int i = 0; i < kWaiters; ++i) {
        threads[i] = start(take_permit, NULL);
    }
    await(&waiting, kWaiters);
    give(1, pthread_cond_signal);
    await(&woken, 1);
    give(1, pthread_cond_signal);
    await(&woken, 2);
    give(kWaiters - 2, pthread_cond_broadcast);
    for (int i = 0; i < kWaiters; ++i) {
        join(threads[i]);
    }
    CHECK_EQUAL(permits, 0);
}

static void* unlocks_fail(void* which) {
    CHECK_EQUAL(pthread_cond_wait(&condition, which), EPERM); /* it is the other thread's */
    CHECK_EQUAL(pthread_mutex_unlock(which), EPERM);
    return NULL;
}

static void other_mutexes(void) {
    pthread_mutex_t checking = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
    CHECK_EQUAL(pthread_mutex_lock(&checking), 0);
    elsewhere(unlocks_fail, &checking);
    TIMES_OUT(CLOCK_REALTIME, 1, pthread_cond_timedwait(&condition, &checking, deadline));
    CHECK_EQUAL(pthread_mutex_lock(&checking), EDEADLK);
    CHECK_EQUAL(pthread_mutex_unlock(&checking), 0);

    pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    CHECK_EQUAL(pthread_mutex_lock(&recursive), 0);
    TIMES_OUT(CLOCK_REALTIME, 1, pthread_cond_timedwait(&condition, &recursive, deadline));
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&recursive), EPERM);
}

/* POSIX lets a condition variable be destroyed as soon as all its waiters are woken. */
struct note {
    pthread_mutex_t lock;
    pthread_cond_t written;
    int state; /* 1: somebody waits, 2: written */
};
static void* read_note(void* argument) {
    struct note* const note = argument;
    CHECK_EQUAL(pthread_mutex_lock(&note->lock), 0);
    note->state = 1;
    while (note->state != 2) {
        CHECK_EQUAL(pthread_cond_wait(&note->written, &note->lock), 0);
    }
    CHECK_EQUAL(pthread_mutex_unlock(&note->lock), 0);
    return NULL;
}
static void destruction(void) {
    for (int round = 0; round < 50; ++round) {
        struct note note = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
        const pthread_t reader = start(read_note, &note);
        bool written = false;
        while (!written) {
            CHECK_EQUAL(pthread_mutex_lock(&note.lock), 0);
            if (note.state == 1) {
                note.state = 2;
                CHECK_EQUAL(pthread_cond_broadcast(&note.written), 0);
                CHECK_EQUAL(pthread_cond_destroy(&note.written), 0);
                memset(&note.written, 0xFF, sizeof note.written);
                written = true;
            }
            CHECK_EQUAL(pthread_mutex_unlock(&note.lock), 0);
        }
        join(reader);
    }
    CHECK_EQUAL(pthread_cond_destroy(&condition), 0);
    CHECK_EQUAL(pthread_cond_init(&condition, NULL), 0);
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    TIMES_OUT(CLOCK_REALTIME, 1, pthread_cond_timedwait(&condition, &mutex, deadline));
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
}

int main(void) {
    time_outs();
    own_clock();
    signals_and_broadcasts();
    other_mutexes();
    destruction();
    puts("ok");
    return 0;
}
