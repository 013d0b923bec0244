/* Threads on chosen cores. Include it first, or define _GNU_SOURCE. */
#ifndef CORES_H
#define CORES_H

#include "report.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static inline int core_count(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }

static inline cpu_set_t only_core(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)core, &set);
    return set;
}

/* Moves the calling thread to `core`, for good. */
static inline void stay_on_core(int core) {
    const cpu_set_t set = only_core(core);
    const int error = pthread_setaffinity_np(pthread_self(), sizeof(set), &set);
    if (error != 0) {
        fail("cannot run on core %d: %s", core, strerror(error));
    }
}

/* Starts a thread that stays on `core`. */
static inline pthread_t start_on_core(int core, void* (*function)(void*), void* argument) {
    const cpu_set_t set = only_core(core);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof(set), &set);
    pthread_t thread;
    const int error = pthread_create(&thread, &attributes, function, argument);
    if (error != 0) {
        fail("cannot start a thread on core %d: %s", core, strerror(error));
    }
    pthread_attr_destroy(&attributes);
    return thread;
}

#endif
