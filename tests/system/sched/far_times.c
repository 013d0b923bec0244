// Times that lie beyond what the system can count are far away, and not around the corner.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static const struct timespec farthest = {.tv_sec = LONG_MAX, .tv_nsec = 999999999};
static atomic_int waiting;
static atomic_int returned;

static void sleep_on(void) { nanosleep(&farthest, NULL); }

static void sleep_until(void) { clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &farthest, NULL); }

static void wait_for_semaphore(void) {
    static sem_t semaphore;
    sem_timedwait(&semaphore, &farthest);
}

static void wait_for_condition(void) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_cond_timedwait(&condition, &mutex, &farthest);
    pthread_mutex_unlock(&mutex);
}

// In nanoseconds, a multiple of 2^64.
static void select_long(void) {
    struct timeval span = {.tv_sec = 1L << 55, .tv_usec = 0};
    select(0, NULL, NULL, NULL, &span);
}
static void pselect_long(void) {
    const struct timespec span = {.tv_sec = 1L << 55, .tv_nsec = 0};
    pselect(0, NULL, NULL, NULL, &span, NULL);
}

static void (*const waits[])(void) = {sleep_on,           sleep_until, wait_for_semaphore,
                                      wait_for_condition, select_long, pselect_long};
enum { kWaits = sizeof(waits) / sizeof(waits[0]) };

static void* run(void* wait) {
    atomic_fetch_add(&waiting, 1);
    (*(void (*const*)(void))wait)();
    atomic_fetch_or(&returned, 1 << ((void (*const*)(void))wait - waits));
    return NULL;
}

int main(void) {
    for (int i = 0; i < kWaits; ++i) {
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, NULL, run, (void*)&waits[i]), 0);
    }
    while (atomic_load(&waiting) < kWaits) {
        usleep(1000);
    }
    usleep(100000);
    CHECK_EQUAL(atomic_load(&returned), 0);
    puts("ok");
    return 0;
}
