/* Reader-writer locks: who gets in beside whom, preference, recursion, time-outs, attributes. */
#define _GNU_SOURCE
#include "common.h"

#include <sched.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;

static void* reading_fails(void* unused) {
    CHECK_EQUAL(pthread_rwlock_tryrdlock(&lock), EBUSY);
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_rwlock_timedrdlock(&lock, deadline));
    TIMES_OUT(CLOCK_REALTIME, -3, pthread_rwlock_timedrdlock(&lock, deadline));
    TIMES_OUT(CLOCK_MONOTONIC, 3, pthread_rwlock_clockrdlock(&lock, clock, deadline));
    const struct timespec wrong = malformed(CLOCK_REALTIME, kSecond);
    CHECK_EQUAL(pthread_rwlock_timedrdlock(&lock, &wrong), EINVAL);
    return unused;
}
static void* writing_fails(void* unused) {
    CHECK_EQUAL(pthread_rwlock_trywrlock(&lock), EBUSY);
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_rwlock_timedwrlock(&lock, deadline));
    TIMES_OUT(CLOCK_REALTIME, -3, pthread_rwlock_timedwrlock(&lock, deadline));
    TIMES_OUT(CLOCK_MONOTONIC, 3, pthread_rwlock_clockwrlock(&lock, clock, deadline));
    const struct timespec wrong = malformed(CLOCK_REALTIME, -1);
    CHECK_EQUAL(pthread_rwlock_timedwrlock(&lock, &wrong), EINVAL);
    return unused;
}
static void* reading_works(void* unused) {
    const struct timespec past = in_ms(CLOCK_REALTIME, -1000);
    CHECK_EQUAL(pthread_rwlock_rdlock(&lock), 0);
    CHECK_EQUAL(pthread_rwlock_tryrdlock(&lock), 0);
    CHECK_EQUAL(pthread_rwlock_timedrdlock(&lock, &past), 0);
    CHECK_EQUAL(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &past), 0);
    for (int i = 0; i < 4; ++i) {
        CHECK_EQUAL(pthread_rwlock_unlock(&lock), 0);
    }
    return unused;
}

static void readers_and_writers(void) {
    CHECK_EQUAL(pthread_rwlock_rdlock(&lock), 0);
    elsewhere(reading_works, NULL);
    elsewhere(writing_fails, NULL);
    writing_fails(NULL); /* no way from reader to writer */
    CHECK_EQUAL(pthread_rwlock_unlock(&lock), 0);
    elsewhere(reading_works, NULL); /* as if the writer that gave up had never been there */

    const struct timespec past = in_ms(CLOCK_REALTIME, -1000);
    const struct timespec later = in_ms(CLOCK_REALTIME, 60000);
    CHECK_EQUAL(pthread_rwlock_timedwrlock(&lock, &past), 0);
    elsewhere(reading_fails, NULL);
    elsewhere(writing_fails, NULL);
    CHECK_EQUAL(pthread_rwlock_wrlock(&lock), EDEADLK);
    CHECK_EQUAL(pthread_rwlock_rdlock(&lock), EDEADLK);
    CHECK_EQUAL(pthread_rwlock_timedwrlock(&lock, &later), EDEADLK);
    CHECK_EQUAL(pthread_rwlock_timedrdlock(&lock, &later), EDEADLK);
    CHECK_EQUAL(pthread_rwlock_tryrdlock(&lock), EBUSY);
    CHECK_EQUAL(pthread_rwlock_trywrlock(&lock), EBUSY);
    CHECK_EQUAL(pthread_rwlock_unlock(&lock), 0);
    CHECK_EQUAL(pthread_rwlock_clockwrlock(&lock, CLOCK_THREAD_CPUTIME_ID, &past), EINVAL);
    CHECK_EQUAL(pthread_rwlock_clockrdlock(&lock, CLOCK_THREAD_CPUTIME_ID, &past), EINVAL);
    CHECK_EQUAL(pthread_rwlock_destroy(&lock), 0);
    CHECK_EQUAL(pthread_rwlock_init(&lock, NULL), 0);
    elsewhere(reading_works, NULL);
}

static int order;         /* counts those who got the lock that they waited for */
static int writer_was;    /* the writer's number among them */
static int reader_was;    /* the reader's */
static int writer_begins; /* set before the writer asks */

static void* write_once(void* which) {
    __atomic_store_n(&writer_begins, 1, __ATOMIC_RELEASE);
    CHECK_EQUAL(pthread_rwlock_wrlock(which), 0);
    writer_was = ++order;
    CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    return NULL;
}
static void* read_once(void* which) {
    CHECK_EQUAL(pthread_rwlock_rdlock(which), 0);
    reader_was = __atomic_add_fetch(&order, 1, __ATOMIC_RELAXED);
    CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    return NULL;
}
static void* try_to_read(void* which) {
    const int status = pthread_rwlock_tryrdlock(which);
    if (status == 0) {
        CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    }
    return (void*)(intptr_t)status;
}

/* One reader is in, a writer waits: does another reader get in? */
static void preference(pthread_rwlock_t* which, bool writers_first) {
    order = writer_was = reader_was = writer_begins = 0;
    CHECK_EQUAL(pthread_rwlock_rdlock(which), 0);
    const pthread_t writer = start(write_once, which);
    while (!__atomic_load_n(&writer_begins, __ATOMIC_ACQUIRE)) {
        pause_ms(1);
    }
    if (writers_first) {
        while ((intptr_t)elsewhere(try_to_read, which) != EBUSY) {
            pause_ms(1); /* until the writer waits */
        }
    } else {
        pause_ms(20);
        CHECK_EQUAL((intptr_t)elsewhere(try_to_read, which), 0);
        CHECK_EQUAL(pthread_rwlock_rdlock(which), 0); /* once more: POSIX allows it */
        CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    }
    const pthread_t reader = start(read_once, which);
    if (!writers_first) {
        join(reader);
    } else {
        pause_ms(20);
        CHECK_EQUAL(reader_was, 0);
    }
    CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    join(writer);
    if (writers_first) {
        join(reader);
    }
    CHECK_EQUAL(writer_was, writers_first ? 1 : 2);
    CHECK_EQUAL(reader_was, writers_first ? 2 : 1);
}

static void* write_for_a_moment(void* which) {
    TIMES_OUT(CLOCK_MONOTONIC, 20, pthread_rwlock_clockwrlock(which, clock, deadline));
    return NULL;
}
/* A writer that gives up lets those in whom it kept out. */
static void writer_gives_up(pthread_rwlock_t* which) {
    for (int round = 0; round < 5; ++round) {
        CHECK_EQUAL(pthread_rwlock_rdlock(which), 0);
        const pthread_t writer = start(write_for_a_moment, which);
        while (round % 2 == 0 && (intptr_t)elsewhere(try_to_read, which) != EBUSY) {
            pause_ms(1);
        }
        elsewhere(read_once, which);
        join(writer);
        CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    }
}

enum { kThreads = 6, kRounds = 2000 };
static long left_hand, right_hand;
/* Whether a writer got in within a time that is often too short. */
static bool write_soon(void* which) {
    const struct timespec soon = to_timespec(now_ns(CLOCK_MONOTONIC) + 20000);
    const int status = pthread_rwlock_clockwrlock(which, CLOCK_MONOTONIC, &soon);
    CHECK(status == 0 || status == ETIMEDOUT);
    return status == 0;
}
static void* read_and_write(void* which) {
    for (int i = 0; i < kRounds; ++i) {
        if (i % 4 == 0) {
            if (i % 8 == 0 || !write_soon(which)) {
                CHECK_EQUAL(pthread_rwlock_wrlock(which), 0);
            }
            ++left_hand;
            if (i % 16 == 0) {
                sched_yield();
            }
            ++right_hand;
        } else {
            CHECK_EQUAL(pthread_rwlock_rdlock(which), 0);
            CHECK_EQUAL(left_hand, right_hand);
        }
        CHECK_EQUAL(pthread_rwlock_unlock(which), 0);
    }
    return NULL;
}
static void many(pthread_rwlock_t* which) {
    pthread_t threads[kThreads];
    left_hand = right_hand = 0;
    for (int i = 0; i < kThreads; ++i) {
        threads[i] = start(read_and_write, which);
    }
    for (int i = 0; i < kThreads; ++i) {
        join(threads[i]);
    }
    CHECK_EQUAL(left_hand, kThreads * kRounds / 4);
}

static void attributes(void) {
    pthread_rwlockattr_t attr;
    int value = -1;
    CHECK_EQUAL(pthread_rwlockattr_init(&attr), 0);
    CHECK_EQUAL(pthread_rwlockattr_getpshared(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_PRIVATE);
    CHECK_EQUAL(pthread_rwlockattr_setpshared(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_rwlockattr_getkind_np(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_RWLOCK_DEFAULT_NP);
    CHECK_EQUAL(pthread_rwlockattr_setkind_np(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP),
                0);
    CHECK_EQUAL(pthread_rwlockattr_getkind_np(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_t made;
    CHECK_EQUAL(pthread_rwlock_init(&made, &attr), 0);
    CHECK_EQUAL(pthread_rwlockattr_destroy(&attr), 0);
    preference(&made, true);
    writer_gives_up(&made);
    many(&made);
    CHECK_EQUAL(pthread_rwlock_destroy(&made), 0);
}

int main(void) {
    static pthread_rwlock_t writers = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
    readers_and_writers();
    preference(&lock, false);
    preference(&writers, true);
    many(&lock);
    attributes();
    puts("ok");
    return 0;
}
