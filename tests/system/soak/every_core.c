// One thread bound to each core; all meet at a barrier, so that every core must run to the end.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t everybody;
static int wrong;

static void* run(void* argument) {
    const long core = (long)argument;
    if (sched_getcpu() != core) {
        __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED);
    }
    for (int round = 0; round < 3; ++round) {
        pthread_barrier_wait(&everybody);
    }
    return NULL;
}

int main(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t* const threads = calloc((size_t)cores, sizeof(*threads));
    pthread_barrier_init(&everybody, NULL, (unsigned)cores);
    for (long core = 0; core < cores; ++core) {
        pthread_attr_t attributes;
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET((int)core, &set);
        pthread_attr_init(&attributes);
        if (pthread_attr_setaffinity_np(&attributes, sizeof(set), &set) != 0 ||
            pthread_create(&threads[core], &attributes, run, (void*)core) != 0) {
            printf("cannot start a thread on core %ld\n", core);
            return 1;
        }
        pthread_attr_destroy(&attributes);
    }
    for (long core = 0; core < cores; ++core) {
        pthread_join(threads[core], NULL);
    }
    printf("%ld cores\n", cores);
    return wrong != 0;
}
