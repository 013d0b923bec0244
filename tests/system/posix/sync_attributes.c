/* Attributes of synchronisation objects, their rarer operations, and futexes called directly. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <errno.h>
#include <hermit.h>
#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static void mutex_attributes(void) {
    pthread_mutexattr_t attr;
    int value = -1;
    CHECK_EQUAL(pthread_mutexattr_init(&attr), 0);
    CHECK_EQUAL(pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK), 0);
    CHECK_EQUAL(pthread_mutexattr_settype(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_mutexattr_gettype(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_MUTEX_ERRORCHECK);
    CHECK_EQUAL(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), 0);
    CHECK_EQUAL(pthread_mutexattr_getpshared(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_SHARED);
    CHECK_EQUAL(pthread_mutexattr_getrobust(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_MUTEX_STALLED);
    CHECK_EQUAL(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_NONE), 0);
    CHECK_EQUAL(pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), ENOTSUP);
    CHECK_EQUAL(pthread_mutexattr_getprotocol(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PRIO_NONE);
    CHECK_EQUAL(pthread_mutexattr_setprioceiling(&attr, 3), ENOTSUP);
    CHECK_EQUAL(pthread_mutexattr_getprioceiling(&attr, &value), 0);

    pthread_mutex_t mutex;
    CHECK_EQUAL(pthread_mutex_init(&mutex, &attr), 0);
    CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_lock(&mutex), EDEADLK);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&mutex), EPERM);
    CHECK_EQUAL(pthread_mutex_consistent(&mutex), EINVAL); /* it is not robust */
    CHECK(pthread_mutex_getprioceiling(&mutex, &value) != 0);
    CHECK(pthread_mutex_setprioceiling(&mutex, 3, &value) != 0);
    CHECK_EQUAL(pthread_mutex_destroy(&mutex), 0);
    CHECK_EQUAL(pthread_mutexattr_destroy(&attr), 0);
}

static void other_attributes(void) {
    int value = -1;
    clockid_t clock = -1;
    pthread_condattr_t condition;
    CHECK_EQUAL(pthread_condattr_init(&condition), 0);
    CHECK_EQUAL(pthread_condattr_getclock(&condition, &clock), 0);
    CHECK_EQUAL(clock, CLOCK_REALTIME);
    CHECK_EQUAL(pthread_condattr_setclock(&condition, CLOCK_PROCESS_CPUTIME_ID), EINVAL);
    CHECK_EQUAL(pthread_condattr_setpshared(&condition, 77), EINVAL);
    CHECK_EQUAL(pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED), 0);
    CHECK_EQUAL(pthread_condattr_getpshared(&condition, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_SHARED);
    CHECK_EQUAL(pthread_condattr_destroy(&condition), 0);

    pthread_rwlockattr_t rwlock;
    CHECK_EQUAL(pthread_rwlockattr_init(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlockattr_setpshared(&rwlock, PTHREAD_PROCESS_SHARED), 0);
    CHECK_EQUAL(pthread_rwlockattr_getpshared(&rwlock, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_SHARED);
    CHECK_EQUAL(pthread_rwlockattr_setpshared(&rwlock, 77), EINVAL);

    pthread_barrierattr_t barrier;
    CHECK_EQUAL(pthread_barrierattr_init(&barrier), 0);
    CHECK_EQUAL(pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED), 0);
    CHECK_EQUAL(pthread_barrierattr_getpshared(&barrier, &value), 0);
    CHECK_EQUAL(value, PTHREAD_PROCESS_SHARED);
    CHECK_EQUAL(pthread_barrierattr_destroy(&barrier), 0);

    struct timespec now;
    pthread_rwlock_t lock;
    clock_gettime(CLOCK_MONOTONIC, &now);
    CHECK_EQUAL(pthread_rwlock_init(&lock, &rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &now), 0);
    CHECK_EQUAL(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &now), ETIMEDOUT);
    CHECK_EQUAL(pthread_rwlock_unlock(&lock), 0);
    CHECK_EQUAL(pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &now), 0);
    CHECK_EQUAL(pthread_rwlock_clockrdlock(&lock, CLOCK_MONOTONIC, &now), EDEADLK); /* own */
    CHECK_EQUAL(pthread_rwlock_unlock(&lock), 0);
    CHECK_EQUAL(pthread_rwlockattr_destroy(&rwlock), 0);

    pthread_spinlock_t spin;
    CHECK_EQUAL(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
    CHECK_EQUAL(pthread_spin_trylock(&spin), 0);
    CHECK_EQUAL(pthread_spin_trylock(&spin), EBUSY);
    CHECK_EQUAL(pthread_spin_unlock(&spin), 0);
    CHECK_EQUAL(pthread_spin_destroy(&spin), 0);

    sem_t semaphore;
    CHECK_EQUAL(sem_init(&semaphore, 0, 1), 0);
    CHECK_EQUAL(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &now), 0);
    CHECK_EQUAL(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &now), -1);
    CHECK_EQUAL(errno, ETIMEDOUT);
    CHECK_EQUAL(sem_destroy(&semaphore), 0);
}

static int word;
static int other_word;
static int result_of[2];

static void* wait_for_word(void* argument) {
    const int number = (int)(long)argument;
    result_of[number] = number == 0 ? hermit_futex_wait(&word, 0)
                                    : hermit_futex_wait_bits(&word, 0, CLOCK_MONOTONIC, NULL, 4);
    return NULL;
}

static int wake_until_one(int (*wake)(void)) {
    int woken = 0;
    while ((woken = wake()) == 0) {
        sys_msleep(1);
    }
    return woken;
}
static int wake_with_bits(void) { return hermit_futex_wake_bits(&word, 9, 4); }
static int wake_other(void) { return hermit_futex_wake(&other_word, 9); }
static int move_one(void) { return hermit_futex_requeue(&word, 0, 0, 1, &other_word); }

static void futexes(void) {
    struct timespec past = {0, 1};
    CHECK_EQUAL(hermit_futex_wait(&word, 1), -EAGAIN);
    CHECK_EQUAL(hermit_futex_wait_bits(&word, 0, CLOCK_MONOTONIC, &past, ~0u), -ETIMEDOUT);
    CHECK_EQUAL(hermit_futex_wait_bits(&word, 0, CLOCK_MONOTONIC, NULL, 0), -EINVAL);
    CHECK_EQUAL(hermit_futex_wake(&word, 9), 0);
    CHECK_EQUAL(hermit_futex_requeue(&word, 1, 0, 1, &other_word), -EAGAIN);

    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, wait_for_word, (void*)1), 0);
    CHECK_EQUAL(wake_until_one(wake_with_bits), 1);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(result_of[1], 0);

    CHECK_EQUAL(pthread_create(&thread, NULL, wait_for_word, (void*)0), 0);
    CHECK_EQUAL(wake_until_one(move_one), 1);
    CHECK_EQUAL(hermit_futex_wake(&word, 9), 0); /* it waits elsewhere now */
    CHECK_EQUAL(wake_until_one(wake_other), 1);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(result_of[0], 0);
}

int main(void) {
    mutex_attributes();
    other_attributes();
    futexes();
    puts("ok");
    return 0;
}
