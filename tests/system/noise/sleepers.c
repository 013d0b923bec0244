// Linked with a benchmark: before main() it starts threads on each core that wait until long after
// the end, so that every core's timer has a deadline to keep in mind; and with NAP_CORE=N in the
// environment one that keeps that core's timer busy.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>

enum { kHours = 10 };

static sem_t asleep;

static void* sleep_long(void* argument) {
    const struct timespec span = {kHours * 3600, 0};
    CHECK_EQUAL(sem_post(&asleep), 0);
    nanosleep(&span, NULL);
    printf("woken too early\n");
    return argument;
}

static void* wait_long(void* argument) {
    struct timespec limit;
    sem_t never;
    sem_init(&never, 0, 0);
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += kHours * 3600;
    CHECK_EQUAL(sem_post(&asleep), 0);
    sem_timedwait(&never, &limit);
    printf("woken too early\n");
    return argument;
}

static void* nap_often(void* argument) {
    const struct timespec millisecond = {0, 1000000};
    CHECK_EQUAL(sem_post(&asleep), 0);
    for (;;) {
        nanosleep(&millisecond, NULL);
    }
    return argument;
}

static void start_on(int core, void* (*body)(void*)) {
    pthread_t thread;
    pthread_attr_t attributes;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    CHECK_EQUAL(pthread_attr_init(&attributes), 0);
    CHECK_EQUAL(pthread_attr_setaffinity_np(&attributes, sizeof(set), &set), 0);
    CHECK_EQUAL(pthread_create(&thread, &attributes, body, NULL), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attributes), 0);
    CHECK_EQUAL(sem_wait(&asleep), 0);
}

__attribute__((constructor)) static void start_sleepers(void) {
    const int cores = (int)sysconf(_SC_NPROCESSORS_ONLN);
    const char* const napping = getenv("NAP_CORE");
    sem_init(&asleep, 0, 0);
    for (int core = 0; core < cores; ++core) {
        start_on(core, sleep_long);
        start_on(core, wait_long);
    }
    if (napping != NULL) {
        start_on(atoi(napping), nap_often);
    }
    usleep(10000); // they have said so just before they sleep
}
