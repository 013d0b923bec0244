/* Policies and priorities: limits, what is refused, what attributes do, and that they decide who
   runs. On one core, where the order can be seen. */
#define _GNU_SOURCE
#include "common.h"

#include <sched.h>
#include <unistd.h>

static struct sched_param with_priority(int priority) {
    return (struct sched_param){.sched_priority = priority};
}

static void limits(void) {
    const int policies[] = {SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE};
    for (int i = 0; i < 5; ++i) {
        const int least = sched_get_priority_min(policies[i]);
        const int most = sched_get_priority_max(policies[i]);
        struct sched_param param = with_priority(most + 1);
        CHECK(least >= 0 && most >= least);
        CHECK_EQUAL(pthread_setschedparam(pthread_self(), policies[i], &param), EINVAL);
        FAILS(sched_setscheduler(0, policies[i], &param), EINVAL);
        param = with_priority(least - 1);
        CHECK_EQUAL(pthread_setschedparam(pthread_self(), policies[i], &param), EINVAL);
        param = with_priority(most);
        int policy = -1;
        CHECK_EQUAL(pthread_setschedparam(pthread_self(), policies[i], &param), 0);
        CHECK_EQUAL(pthread_getschedparam(pthread_self(), &policy, &param), 0);
        CHECK_EQUAL(policy, policies[i]);
        CHECK_EQUAL(param.sched_priority, most);
        CHECK_EQUAL(pthread_setschedprio(pthread_self(), least), 0);
        CHECK_EQUAL(pthread_setschedprio(pthread_self(), most + 1), EINVAL);
        CHECK_EQUAL(sched_getscheduler(0), policies[i]);
        CHECK_EQUAL(sched_getparam(0, &param), 0);
        CHECK_EQUAL(param.sched_priority, least);
    }
    FAILS(sched_get_priority_min(77), EINVAL);
    FAILS(sched_get_priority_max(-1), EINVAL);
    struct sched_param param = with_priority(0);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), 77, &param), EINVAL);
    FAILS(sched_setscheduler(54321, SCHED_OTHER, &param), ESRCH);
    FAILS(sched_getscheduler(54321), ESRCH);
    FAILS(sched_getparam(54321, &param), ESRCH);
    FAILS(sched_setparam(54321, &param), ESRCH);
    struct timespec slice = {0, 0};
    FAILS(sched_rr_get_interval(54321, &slice), ESRCH);
    CHECK_EQUAL(sched_rr_get_interval(0, &slice), 0);
    CHECK(slice.tv_sec == 0 && slice.tv_nsec > 0);
    CHECK_EQUAL(sched_setscheduler(0, SCHED_OTHER, &param), 0);
}

static void* what_am_i(void* priority) {
    int policy = -1;
    struct sched_param param;
    CHECK_EQUAL(pthread_getschedparam(pthread_self(), &policy, &param), 0);
    *(int*)priority = param.sched_priority;
    return (void*)(intptr_t)policy;
}

static void attributes(void) {
    pthread_attr_t attr;
    pthread_t thread;
    int value = -1;
    int priority = -1;
    struct sched_param param = with_priority(3);
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_getinheritsched(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_INHERIT_SCHED);
    CHECK_EQUAL(pthread_attr_setinheritsched(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_attr_setscope(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_attr_setscope(&attr, PTHREAD_SCOPE_PROCESS), ENOTSUP);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attr, SCHED_RR), 0);
    CHECK_EQUAL(pthread_attr_setschedparam(&attr, &param), 0);
    /* Until asked for, the creator's counts. */
    CHECK_EQUAL(pthread_create(&thread, &attr, what_am_i, &priority), 0);
    CHECK_EQUAL((intptr_t)join(thread), SCHED_OTHER);
    CHECK_EQUAL(priority, 0);
    CHECK_EQUAL(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, what_am_i, &priority), 0);
    CHECK_EQUAL((intptr_t)join(thread), SCHED_RR);
    CHECK_EQUAL(priority, 3);
    /* A priority that is none of the policy's. */
    param = with_priority(0);
    CHECK_EQUAL(pthread_attr_setschedparam(&attr, &param), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, what_am_i, &priority), EINVAL);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attr, SCHED_OTHER), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, what_am_i, &priority), 0);
    CHECK_EQUAL((intptr_t)join(thread), SCHED_OTHER);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
    /* Inherited is what the creator has now. */
    param = with_priority(2);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), 0);
    CHECK_EQUAL((intptr_t)elsewhere(what_am_i, &priority), SCHED_FIFO);
    CHECK_EQUAL(priority, 2);
    param = with_priority(0);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_OTHER, &param), 0);
}

static pthread_t start_with(int policy, int priority, void* (*function)(void*), void* argument) {
    pthread_attr_t attr;
    pthread_t thread;
    const struct sched_param param = with_priority(priority);
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attr, policy), 0);
    CHECK_EQUAL(pthread_attr_setschedparam(&attr, &param), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, function, argument), 0);
    return thread;
}

static char order[16];
static void* sign(void* letter) {
    strcat(order, letter);
    return NULL;
}

/* More important ones run first, at once if they are more important than the creator. */
static void most_important_first(void) {
    struct sched_param param = with_priority(5);
    pthread_t threads[4];
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), 0);
    threads[0] = start_with(SCHED_FIFO, 2, sign, "2");
    threads[1] = start_with(SCHED_RR, 4, sign, "4");
    threads[2] = start_with(SCHED_FIFO, 3, sign, "3");
    CHECK_EQUAL(strcmp(order, ""), 0);
    threads[3] = start_with(SCHED_FIFO, 6, sign, "6");
    CHECK_EQUAL(strcmp(order, "6"), 0);
    param = with_priority(1);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), 0);
    CHECK_EQUAL(strcmp(order, "6432"), 0);
    for (int i = 0; i < 4; ++i) {
        join(threads[i]);
    }
    param = with_priority(0);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_OTHER, &param), 0);
}

static int other_ran;
static void* note_run(void* unused) {
    __atomic_store_n(&other_ran, 1, __ATOMIC_RELAXED);
    return unused;
}
/* Computes until the other one has run, at most for a few time slices. */
static void* compute(void* unused) {
    const int64_t end = now_ns(CLOCK_MONOTONIC) + 60 * kMillisecond;
    while (now_ns(CLOCK_MONOTONIC) < end) {
        if (__atomic_load_n(&other_ran, __ATOMIC_RELAXED) != 0) {
            return &other_ran;
        }
    }
    return unused;
}
static bool lets_equals_run(int policy) {
    struct sched_param param = with_priority(5); /* both exist before the first runs */
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_FIFO, &param), 0);
    other_ran = 0;
    const pthread_t first = start_with(policy, 4, compute, NULL);
    const pthread_t second = start_with(policy, 4, note_run, NULL);
    const bool result = join(first) != NULL;
    join(second);
    param = with_priority(0);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_OTHER, &param), 0);
    return result;
}

int main(void) {
    CHECK_EQUAL(sysconf(_SC_NPROCESSORS_ONLN), 1);
    limits();
    attributes();
    most_important_first();
    CHECK(lets_equals_run(SCHED_RR));
    CHECK(!lets_equals_run(SCHED_FIFO)); /* first in, first out: to its end */
    puts("ok");
    return 0;
}
