/* Mutexes, condition variables, reader-writer locks, barriers, semaphores, spinlocks, once. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <time.h>

enum { kThreads = 8, kRounds = 2000 };

static struct timespec in_ms(clockid_t clock, long milliseconds) {
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += milliseconds * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}
static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static void run(void* (*function)(void*)) {
    pthread_t threads[kThreads];
    for (intptr_t i = 0; i < kThreads; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, function, (void*)i), 0);
    }
    for (int i = 0; i < kThreads; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;
static void* count(void* unused) {
    for (int i = 0; i < kRounds; ++i) {
        CHECK_EQUAL(pthread_mutex_lock(&mutex), 0);
        const long before = counter;
        if (i % 16 == 0) {
            sched_yield();
        }
        counter = before + 1;
        CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
    }
    return unused;
}
static void* try_held(void* unused) {
    CHECK_EQUAL(pthread_mutex_trylock(&mutex), EBUSY);
    const double start = seconds();
    struct timespec soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQUAL(pthread_mutex_timedlock(&mutex, &soon), ETIMEDOUT);
    soon = in_ms(CLOCK_MONOTONIC, 5);
    CHECK_EQUAL(pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
    CHECK(seconds() - start >= 0.010);
    CHECK(seconds() - start < 5);
    soon.tv_nsec = -1;
    CHECK_EQUAL(pthread_mutex_timedlock(&mutex, &soon), EINVAL);
    return unused;
}
static void mutexes(void) {
    run(count);
    CHECK_EQUAL(counter, kThreads * kRounds);
    pthread_mutex_lock(&mutex);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, try_held, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(pthread_mutex_destroy(&mutex), EBUSY);
    pthread_mutex_unlock(&mutex);

    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_t other;
    pthread_mutex_init(&other, &attr);
    for (int i = 0; i < 5; ++i) {
        CHECK_EQUAL(pthread_mutex_lock(&other), 0);
    }
    CHECK_EQUAL(pthread_mutex_trylock(&other), 0);
    for (int i = 0; i < 6; ++i) {
        CHECK_EQUAL(pthread_mutex_unlock(&other), 0);
    }
    CHECK_EQUAL(pthread_mutex_unlock(&other), EPERM);
    CHECK_EQUAL(pthread_mutex_destroy(&other), 0);

    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&other, &attr);
    CHECK_EQUAL(pthread_mutex_lock(&other), 0);
    CHECK_EQUAL(pthread_mutex_lock(&other), EDEADLK);
    CHECK_EQUAL(pthread_mutex_unlock(&other), 0);
    CHECK_EQUAL(pthread_mutex_unlock(&other), EPERM);
    CHECK_EQUAL(pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST), ENOTSUP);
}

static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;
static void* take_turns(void* me) {
    for (int i = 0; i < 200; ++i) {
        pthread_mutex_lock(&mutex);
        while (turn % kThreads != (intptr_t)me) {
            pthread_cond_wait(&changed, &mutex);
        }
        ++turn;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}
static int full;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
static long sum;
static void* produce_and_consume(void* me) {
    for (int i = 0; i < kRounds; ++i) {
        pthread_mutex_lock(&mutex);
        if ((intptr_t)me % 2 == 0) {
            while (full >= 4) {
                pthread_cond_wait(&not_full, &mutex);
            }
            ++full;
            pthread_cond_signal(&not_empty);
        } else {
            while (full == 0) {
                pthread_cond_wait(&not_empty, &mutex);
            }
            --full;
            ++sum;
            pthread_cond_signal(&not_full);
        }
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}
static void condition_variables(void) {
    run(take_turns);
    CHECK_EQUAL(turn, 200 * kThreads);
    run(produce_and_consume);
    CHECK_EQUAL(sum, kRounds * kThreads / 2);

    pthread_mutex_lock(&mutex);
    const double start = seconds();
    struct timespec soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQUAL(pthread_cond_timedwait(&changed, &mutex, &soon), ETIMEDOUT);
    soon = in_ms(CLOCK_MONOTONIC, 5);
    CHECK_EQUAL(pthread_cond_clockwait(&changed, &mutex, CLOCK_MONOTONIC, &soon), ETIMEDOUT);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    CHECK_EQUAL(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
    pthread_cond_t other;
    pthread_cond_init(&other, &attr);
    soon = in_ms(CLOCK_MONOTONIC, 5);
    CHECK_EQUAL(pthread_cond_timedwait(&other, &mutex, &soon), ETIMEDOUT);
    CHECK(seconds() - start >= 0.015);
    CHECK(seconds() - start < 5);
    pthread_mutex_unlock(&mutex);
    CHECK_EQUAL(pthread_cond_destroy(&other), 0);
    CHECK_EQUAL(pthread_cond_destroy(&changed), 0);
}

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static long left, right;
static void* read_and_write(void* me) {
    for (int i = 0; i < kRounds; ++i) {
        if ((i + (intptr_t)me) % 4 == 0) {
            CHECK_EQUAL(pthread_rwlock_wrlock(&rwlock), 0);
            ++left;
            if (i % 16 == 0) {
                sched_yield();
            }
            ++right;
        } else {
            CHECK_EQUAL(pthread_rwlock_rdlock(&rwlock), 0);
            CHECK_EQUAL(left, right);
        }
        CHECK_EQUAL(pthread_rwlock_unlock(&rwlock), 0);
    }
    return NULL;
}
static void* try_written(void* unused) {
    struct timespec soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQUAL(pthread_rwlock_tryrdlock(&rwlock), EBUSY);
    CHECK_EQUAL(pthread_rwlock_trywrlock(&rwlock), EBUSY);
    CHECK_EQUAL(pthread_rwlock_timedrdlock(&rwlock, &soon), ETIMEDOUT);
    CHECK_EQUAL(pthread_rwlock_timedwrlock(&rwlock, &soon), ETIMEDOUT);
    return unused;
}
static void reader_writer_locks(void) {
    run(read_and_write);
    CHECK_EQUAL(left, kThreads * kRounds / 4);
    CHECK_EQUAL(pthread_rwlock_rdlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_rdlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_trywrlock(&rwlock), EBUSY);
    CHECK_EQUAL(pthread_rwlock_unlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_unlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_wrlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_wrlock(&rwlock), EDEADLK);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, try_written, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(pthread_rwlock_unlock(&rwlock), 0);
    CHECK_EQUAL(pthread_rwlock_destroy(&rwlock), 0);
}

static pthread_barrier_t barrier;
static int arrived[kRounds];
static int serial;
static void* meet(void* unused) {
    for (int i = 0; i < kRounds; ++i) {
        __atomic_fetch_add(&arrived[i], 1, __ATOMIC_RELAXED);
        const int result = pthread_barrier_wait(&barrier);
        CHECK_EQUAL(arrived[i], kThreads);
        if (result == PTHREAD_BARRIER_SERIAL_THREAD) {
            __atomic_fetch_add(&serial, 1, __ATOMIC_RELAXED);
        } else {
            CHECK_EQUAL(result, 0);
        }
    }
    return unused;
}
static void barriers(void) {
    CHECK_EQUAL(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
    CHECK_EQUAL(pthread_barrier_init(&barrier, NULL, kThreads), 0);
    run(meet);
    CHECK_EQUAL(serial, kRounds);
    CHECK_EQUAL(pthread_barrier_destroy(&barrier), 0);
}

static sem_t semaphore, answer;
static void* ping(void* unused) {
    for (int i = 0; i < kRounds; ++i) {
        CHECK_EQUAL(sem_wait(&semaphore), 0);
        CHECK_EQUAL(sem_post(&answer), 0);
    }
    return unused;
}
static void semaphores(void) {
    sem_init(&semaphore, 0, 0);
    sem_init(&answer, 0, 0);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, ping, NULL), 0);
    for (int i = 0; i < kRounds; ++i) {
        CHECK_EQUAL(sem_post(&semaphore), 0);
        CHECK_EQUAL(sem_wait(&answer), 0);
    }
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(sem_trywait(&answer), -1);
    CHECK_EQUAL(errno, EAGAIN);
    const double start = seconds();
    struct timespec soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQUAL(sem_timedwait(&answer, &soon), -1);
    CHECK_EQUAL(errno, ETIMEDOUT);
    CHECK(seconds() - start >= 0.005);
    CHECK(seconds() - start < 0.45);
    int value = -1;
    CHECK_EQUAL(sem_getvalue(&answer, &value), 0);
    CHECK_EQUAL(value, 0);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int initialised;
static void initialise(void) {
    sched_yield();
    ++initialised;
}
static void* call_once_function(void* unused) {
    CHECK_EQUAL(pthread_once(&once, initialise), 0);
    CHECK_EQUAL(initialised, 1);
    return unused;
}

static pthread_spinlock_t spinlock;
static void* spin(void* unused) {
    for (int i = 0; i < kRounds; ++i) {
        pthread_spin_lock(&spinlock);
        ++counter;
        pthread_spin_unlock(&spinlock);
    }
    return unused;
}

int main(void) {
    mutexes();
    condition_variables();
    reader_writer_locks();
    barriers();
    semaphores();
    run(call_once_function);
    counter = 0;
    pthread_spin_init(&spinlock, 0);
    run(spin);
    CHECK_EQUAL(counter, kThreads * kRounds);
    puts("ok");
    return 0;
}
