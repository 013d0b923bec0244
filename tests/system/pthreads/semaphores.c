/* Semaphores with and without names. */
#define _GNU_SOURCE
#include "common.h"

#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>

static int value_of(sem_t* semaphore) {
    int value = -1;
    CHECK_EQUAL(sem_getvalue(semaphore, &value), 0);
    return value;
}

/* TIMES_OUT for calls that say so in errno. */
static int error_of(int result) { return result == 0 ? 0 : errno; }

static void without_names(void) {
    sem_t semaphore;
    FAILS(sem_init(&semaphore, 0, (unsigned)SEM_VALUE_MAX + 1), EINVAL);
    CHECK_EQUAL(sem_init(&semaphore, 0, 2), 0);
    CHECK_EQUAL(value_of(&semaphore), 2);
    CHECK_EQUAL(sem_wait(&semaphore), 0);
    CHECK_EQUAL(sem_trywait(&semaphore), 0);
    CHECK_EQUAL(value_of(&semaphore), 0);
    FAILS(sem_trywait(&semaphore), EAGAIN);
    TIMES_OUT(CLOCK_REALTIME, 5, error_of(sem_timedwait(&semaphore, deadline)));
    TIMES_OUT(CLOCK_REALTIME, -5, error_of(sem_timedwait(&semaphore, deadline)));
    TIMES_OUT(CLOCK_MONOTONIC, 5, error_of(sem_clockwait(&semaphore, clock, deadline)));
    TIMES_OUT(CLOCK_REALTIME, 5, error_of(sem_clockwait(&semaphore, clock, deadline)));
    const struct timespec wrong = malformed(CLOCK_REALTIME, kSecond);
    const struct timespec negative = malformed(CLOCK_REALTIME, -1);
    FAILS(sem_timedwait(&semaphore, &wrong), EINVAL);
    FAILS(sem_clockwait(&semaphore, CLOCK_MONOTONIC, &negative), EINVAL);
    CHECK_EQUAL(value_of(&semaphore), 0);
    /* What there is is taken, even when the time is over. */
    const struct timespec past = in_ms(CLOCK_REALTIME, -1000);
    CHECK_EQUAL(sem_post(&semaphore), 0);
    FAILS(sem_clockwait(&semaphore, CLOCK_THREAD_CPUTIME_ID, &past), EINVAL);
    CHECK_EQUAL(sem_timedwait(&semaphore, &past), 0);
    CHECK_EQUAL(sem_destroy(&semaphore), 0);

    CHECK_EQUAL(sem_init(&semaphore, 1, SEM_VALUE_MAX), 0);
    FAILS(sem_post(&semaphore), EOVERFLOW);
    CHECK_EQUAL(value_of(&semaphore), SEM_VALUE_MAX);
    CHECK_EQUAL(sem_wait(&semaphore), 0);
    CHECK_EQUAL(sem_post(&semaphore), 0);
    CHECK_EQUAL(value_of(&semaphore), SEM_VALUE_MAX);
    CHECK_EQUAL(sem_destroy(&semaphore), 0);
}

enum { kThreads = 6, kRounds = 500 };
static sem_t items, answers;
static void* answer(void* unused) {
    for (int i = 0; i < kRounds; ++i) {
        CHECK_EQUAL(sem_wait(&items), 0);
        CHECK_EQUAL(sem_post(&answers), 0);
    }
    return unused;
}
static void* time_out_often(void* unused) {
    for (int i = 0; i < 20; ++i) { /* in the way of the others, taking nothing */
        sem_t mine;
        CHECK_EQUAL(sem_init(&mine, 0, 0), 0);
        TIMES_OUT(CLOCK_MONOTONIC, 1, error_of(sem_clockwait(&mine, clock, deadline)));
        CHECK_EQUAL(sem_destroy(&mine), 0);
    }
    return unused;
}
static void many(void) {
    pthread_t threads[kThreads + 1];
    CHECK_EQUAL(sem_init(&items, 0, 0), 0);
    CHECK_EQUAL(sem_init(&answers, 0, 0), 0);
    for (int i = 0; i < kThreads; ++i) {
        threads[i] = start(answer, NULL);
    }
    threads[kThreads] = start(time_out_often, NULL);
    for (int i = 0; i < kThreads * kRounds; ++i) {
        CHECK_EQUAL(sem_post(&items), 0);
    }
    for (int i = 0; i < kThreads * kRounds; ++i) {
        CHECK_EQUAL(sem_wait(&answers), 0);
    }
    for (int i = 0; i < kThreads + 1; ++i) {
        join(threads[i]);
    }
    CHECK_EQUAL(value_of(&items), 0);
    CHECK_EQUAL(value_of(&answers), 0);
}

#define OPEN_FAILS(call, error)                                                                    \
    do {                                                                                           \
        errno = 0;                                                                                 \
        CHECK((call) == SEM_FAILED);                                                               \
        CHECK_EQUAL(errno, error);                                                                 \
    } while (0)

static void* post_by_name(void* name) {
    sem_t* const semaphore = sem_open(name, 0);
    CHECK(semaphore != SEM_FAILED);
    CHECK_EQUAL(sem_post(semaphore), 0);
    CHECK_EQUAL(sem_close(semaphore), 0);
    return NULL;
}

static void with_names(void) {
    static char name[] = "/hermitage-test-semaphore";
    char long_name[NAME_MAX + 10];
    memset(long_name, 'x', sizeof long_name);
    long_name[0] = '/';
    long_name[sizeof long_name - 1] = '\0';
    sem_unlink(name); /* an earlier test that did not end */

    OPEN_FAILS(sem_open(name, 0), ENOENT);
    OPEN_FAILS(sem_open(name, O_CREAT, 0600, (unsigned)SEM_VALUE_MAX + 1), EINVAL);
    OPEN_FAILS(sem_open("/", O_CREAT, 0600, 1), EINVAL);
    OPEN_FAILS(sem_open("/a/b", O_CREAT, 0600, 1), EINVAL);
#ifdef __hermit__ /* POSIX's answer; glibc 2.36 says EINVAL */
    OPEN_FAILS(sem_open(long_name, O_CREAT, 0600, 1), ENAMETOOLONG);
    FAILS(sem_unlink(long_name), ENAMETOOLONG);
#endif
    FAILS(sem_unlink(name), ENOENT);

    sem_t* const first = sem_open(name, O_CREAT | O_EXCL, 0600, 3);
    CHECK(first != SEM_FAILED);
    CHECK_EQUAL(value_of(first), 3);
    OPEN_FAILS(sem_open(name, O_CREAT | O_EXCL, 0600, 3), EEXIST);
    /* The same semaphore, whatever value is asked for. */
    sem_t* const second = sem_open(name, O_CREAT, 0600, 7);
    CHECK(second == first);
    CHECK_EQUAL(value_of(second), 3);
    elsewhere(post_by_name, name);
    CHECK_EQUAL(value_of(first), 4);
    CHECK_EQUAL(sem_close(second), 0);
    CHECK_EQUAL(sem_wait(first), 0);

    /* Without a name it lives on for those who have it; the name is free. */
    CHECK_EQUAL(sem_unlink(name), 0);
    FAILS(sem_unlink(name), ENOENT);
    OPEN_FAILS(sem_open(name, 0), ENOENT);
    sem_t* const other = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
    CHECK(other != SEM_FAILED);
    CHECK(other != first);
    CHECK_EQUAL(value_of(first), 3);
    FAILS(sem_trywait(other), EAGAIN);
    elsewhere(post_by_name, name);
    CHECK_EQUAL(sem_wait(other), 0);
    CHECK_EQUAL(sem_close(first), 0);

    /* All have closed it, but it was not unlinked: its value is kept. */
    CHECK_EQUAL(sem_post(other), 0);
    CHECK_EQUAL(sem_close(other), 0);
    sem_t* const again = sem_open(name, 0);
    CHECK(again != SEM_FAILED);
    CHECK_EQUAL(value_of(again), 1);
    CHECK_EQUAL(sem_close(again), 0);
    CHECK_EQUAL(sem_unlink(name), 0);
    OPEN_FAILS(sem_open(name, 0), ENOENT);

    sem_t no_name;
    CHECK_EQUAL(sem_init(&no_name, 0, 0), 0);
    FAILS(sem_close(&no_name), EINVAL);
}

int main(void) {
    without_names();
    many();
    with_names();
    puts("ok");
    return 0;
}
