// Sleeps and waits with a time limit: never early, not late beyond reason, and a time-out and a
// wake-up never both count.
#include "../libc/check.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

enum { kRaces = 3000, kSleepers = 20 };

static long long now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void sleep_ns(long long duration) {
    const struct timespec length = {duration / 1000000000, duration % 1000000000};
    CHECK_EQUAL(nanosleep(&length, NULL), 0);
}

// Each in its own order of lengths, so that the cores' timers are set forward and back.
static void* sleep_often(void* argument) {
    const long seed = (long)argument;
    for (int i = 0; i < 30; ++i) {
        const long long duration = 1000 + (seed * 7919 + i * 104729) % 3000000;
        const long long start = now_ns();
        sleep_ns(duration);
        CHECK(now_ns() - start >= duration);
    }
    return NULL;
}

static sem_t semaphore;
static atomic_bool over;
static int posted;

static void* post_often(void* argument) {
    while (!atomic_load(&over)) {
        sem_post(&semaphore);
        ++posted;
        sleep_ns(20000 + posted % 7 * 1000);
    }
    return argument;
}

static void race(void) {
    pthread_t poster;
    sem_init(&semaphore, 0, 0);
    CHECK_EQUAL(pthread_create(&poster, NULL, post_often, NULL), 0);
    int taken = 0;
    for (int i = 0; i < kRaces; ++i) {
        struct timespec limit;
        clock_gettime(CLOCK_REALTIME, &limit);
        limit.tv_nsec += 10000 + i % 30 * 1000;
        if (limit.tv_nsec >= 1000000000) {
            limit.tv_nsec -= 1000000000;
            ++limit.tv_sec;
        }
        if (sem_timedwait(&semaphore, &limit) == 0) {
            ++taken;
        } else {
            CHECK_EQUAL(errno, ETIMEDOUT);
        }
    }
    atomic_store(&over, 1);
    CHECK_EQUAL(pthread_join(poster, NULL), 0);
    int left = 0;
    sem_getvalue(&semaphore, &left);
    CHECK_EQUAL(taken + left, posted);
}

int main(void) {
    // A limit of 5 ms is not half a second.
    struct timespec limit;
    sem_init(&semaphore, 0, 0);
    const long long start = now_ns();
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 5000000;
    limit.tv_sec += limit.tv_nsec / 1000000000;
    limit.tv_nsec %= 1000000000;
    CHECK_EQUAL(sem_timedwait(&semaphore, &limit), -1);
    CHECK_EQUAL(errno, ETIMEDOUT);
    CHECK(now_ns() - start >= 5000000 && now_ns() - start < 400000000);

    pthread_t threads[kSleepers];
    for (long i = 0; i < kSleepers; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, sleep_often, (void*)i), 0);
    }
    for (int i = 0; i < kSleepers; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    race();
    puts("ok");
    return 0;
}
