/* Thousands of detached threads leave as many stacks behind, which are given back one by one. Until
   then threads of another size must not pay for a search among them. For --icount, where a
   nanosecond is an instruction. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { kThreads = 4000, kRounds = 100, kMost = 32000 };

static pthread_barrier_t all_run;

static void* wait_for_all(void* unused) {
    pthread_barrier_wait(&all_run);
    return unused;
}

static void* end(void* unused) { return unused; }

static void create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*)) {
    if (pthread_create(thread, attributes, start, NULL) != 0) {
        puts("cannot create a thread");
        exit(1);
    }
}

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(void) {
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 16384);
    pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
    pthread_barrier_init(&all_run, NULL, kThreads + 1);
    for (int i = 0; i < kThreads; ++i) {
        create(&thread, &small, wait_for_all);
    }
    pthread_barrier_wait(&all_run);
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL); /* they end */

    const long start = now();
    for (int i = 0; i < kRounds; ++i) {
        create(&thread, NULL, end);
        pthread_join(thread, NULL);
    }
    const long each = (now() - start) / kRounds;
    if (each > kMost) {
        printf("%ld instructions for a thread among %d kept stacks\n", each, kThreads);
        return 1;
    }
    puts("ok");
    return 0;
}
