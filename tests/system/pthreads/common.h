/* What the tests of this directory share: times, and threads made and joined in one line. */
#pragma once

#include "../libc/check.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

enum { kSecond = 1000000000, kMillisecond = 1000000 };

static inline int64_t now_ns(clockid_t clock) {
    struct timespec now;
    CHECK_EQUAL(clock_gettime(clock, &now), 0);
    return (int64_t)now.tv_sec * kSecond + now.tv_nsec;
}

static inline struct timespec to_timespec(int64_t nanoseconds) {
    return (struct timespec){.tv_sec = nanoseconds / kSecond, .tv_nsec = nanoseconds % kSecond};
}

/* The time of a clock so many milliseconds from now, or before now. */
static inline struct timespec in_ms(clockid_t clock, int milliseconds) {
    return to_timespec(now_ns(clock) + (int64_t)milliseconds * kMillisecond);
}

/* The same with a fraction that is no number of nanoseconds. */
static inline struct timespec malformed(clockid_t clock, long nanoseconds) {
    struct timespec time = in_ms(clock, 1000);
    time.tv_nsec = nanoseconds;
    return time;
}

static inline void pause_ms(int milliseconds) {
    const struct timespec span = to_timespec((int64_t)milliseconds * kMillisecond);
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &span, NULL), 0);
}

static inline pthread_t start(void* (*function)(void*), void* argument) {
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, function, argument), 0);
    return thread;
}

static inline void* join(pthread_t thread) {
    void* result = NULL;
    CHECK_EQUAL(pthread_join(thread, &result), 0);
    return result;
}

/* Runs a function in a thread of its own and waits for its end. */
static inline void* elsewhere(void* (*function)(void*), void* argument) {
    return join(start(function, argument));
}

/* A call that waits until a time: it is the error ETIMEDOUT, and not before that time. `clock` and
   `deadline` are what the call names them. */
#define TIMES_OUT(clock_, milliseconds, call)                                                      \
    do {                                                                                           \
        const clockid_t clock = (clock_);                                                          \
        const struct timespec time = in_ms(clock, milliseconds);                                   \
        const struct timespec* const deadline = &time;                                             \
        CHECK_EQUAL(call, ETIMEDOUT);                                                              \
        CHECK(now_ns(clock) >= (int64_t)time.tv_sec * kSecond + time.tv_nsec);                     \
    } while (0)
