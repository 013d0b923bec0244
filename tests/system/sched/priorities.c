// A more important thread runs at once when it is woken: by a thread on its core, by one on another
// core, by its timer. A less important one never while it could disturb.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

static sem_t go;
static volatile int runs;
static volatile int stop;

static void create(pthread_t* thread, void* (*function)(void*), int priority, int core) {
    pthread_attr_t attributes;
    const struct sched_param parameters = {.sched_priority = priority};
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    CHECK_EQUAL(pthread_attr_init(&attributes), 0);
    CHECK_EQUAL(pthread_attr_setaffinity_np(&attributes, sizeof(set), &set), 0);
    if (priority != 0) {
        CHECK_EQUAL(pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED), 0);
        CHECK_EQUAL(pthread_attr_setschedpolicy(&attributes, SCHED_FIFO), 0);
        CHECK_EQUAL(pthread_attr_setschedparam(&attributes, &parameters), 0);
    }
    CHECK_EQUAL(pthread_create(thread, &attributes, function, NULL), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attributes), 0);
}

static void* run_when_told(void* argument) {
    while (sem_wait(&go) == 0 && !stop) {
        ++runs;
    }
    return argument;
}

static void* spin(void* argument) {
    while (!stop) {
    }
    return argument;
}

static void* sleep_and_stop(void* argument) {
    const struct timespec moment = {0, 5000000};
    nanosleep(&moment, NULL);
    stop = 1;
    return argument;
}

static void* never_in_time(void* argument) {
    ++runs;
    return argument;
}

int main(void) {
    const int last_core = (int)sysconf(_SC_NPROCESSORS_ONLN) - 1;
    const int here = sched_getcpu();
    pthread_t important, other;
    sem_init(&go, 0, 0);

    // Here: it has run by the time that sem_post returns.
    create(&important, run_when_told, 2, here);
    for (int i = 1; i <= 1000; ++i) {
        CHECK_EQUAL(sem_post(&go), 0);
        CHECK_EQUAL(runs, i);
    }
    stop = 1;
    CHECK_EQUAL(sem_post(&go), 0);
    CHECK_EQUAL(pthread_join(important, NULL), 0);

    // On another core, which spins.
    if (last_core != here) {
        stop = 0;
        runs = 0;
        create(&important, run_when_told, 2, last_core);
        create(&other, spin, 0, last_core);
        for (int i = 1; i <= 1000; ++i) {
            CHECK_EQUAL(sem_post(&go), 0);
            while (runs != i) {
            }
        }
        stop = 1;
        CHECK_EQUAL(sem_post(&go), 0);
        CHECK_EQUAL(pthread_join(important, NULL), 0);
        CHECK_EQUAL(pthread_join(other, NULL), 0);
    }

    // By its timer: nothing else ends the loop.
    stop = 0;
    create(&important, sleep_and_stop, 2, here);
    while (!stop) {
    }
    CHECK_EQUAL(pthread_join(important, NULL), 0);

    // Less important than a thread that has raised itself: runs when that waits, and not before.
    const struct sched_param high = {.sched_priority = 5};
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_FIFO, &high), 0);
    runs = 0;
    create(&other, never_in_time, 1, here);
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000000000 + (now.tv_nsec - start.tv_nsec) < 30000000);
    CHECK_EQUAL(runs, 0);
    CHECK_EQUAL(pthread_join(other, NULL), 0);
    CHECK_EQUAL(runs, 1);
    puts("ok");
    return 0;
}
