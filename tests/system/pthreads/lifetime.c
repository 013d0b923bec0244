/* Threads: creation, attributes that take effect, joining with and without a time, detaching,
   stacks, names, signal masks. */
#define _GNU_SOURCE
#include "common.h"

#include <limits.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

static sem_t go;

static void* wait_for_go(void* argument) {
    CHECK_EQUAL(sem_wait(&go), 0);
    return argument;
}
static void* give_back(void* argument) { return argument; }

static void joining(void) {
    void* result = NULL;
    const pthread_t thread = start(wait_for_go, &go);
    CHECK_EQUAL(pthread_tryjoin_np(thread, &result), EBUSY);
    TIMES_OUT(CLOCK_REALTIME, 3, pthread_timedjoin_np(thread, &result, deadline));
    TIMES_OUT(CLOCK_REALTIME, -3, pthread_timedjoin_np(thread, &result, deadline));
    TIMES_OUT(CLOCK_MONOTONIC, 3, pthread_clockjoin_np(thread, &result, clock, deadline));
    const struct timespec later = in_ms(CLOCK_MONOTONIC, 60000);
#ifdef __hermit__ /* glibc 2.36 waits for ever */
    const struct timespec wrong = malformed(CLOCK_REALTIME, kSecond);
    CHECK_EQUAL(pthread_timedjoin_np(thread, &result, &wrong), EINVAL);
    CHECK_EQUAL(pthread_clockjoin_np(thread, &result, CLOCK_THREAD_CPUTIME_ID, &later), EINVAL);
#endif
    CHECK_EQUAL(pthread_join(pthread_self(), &result), EDEADLK);
    CHECK_EQUAL(sem_post(&go), 0);
    CHECK_EQUAL(pthread_clockjoin_np(thread, &result, CLOCK_MONOTONIC, &later), 0);
    CHECK(result == &go);

    const pthread_t quick = start(give_back, &result);
    while (pthread_tryjoin_np(quick, &result) == EBUSY) {
        pause_ms(1);
    }
    CHECK(result == &result);
    CHECK_EQUAL(pthread_join(start(give_back, NULL), NULL), 0);
}

static void detaching(void) {
    pthread_attr_t attr;
    pthread_t thread;
    int state = -1;
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_getdetachstate(&attr, &state), 0);
    CHECK_EQUAL(state, PTHREAD_CREATE_JOINABLE);
    CHECK_EQUAL(pthread_attr_setdetachstate(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, wait_for_go, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), EINVAL);
    CHECK_EQUAL(pthread_detach(thread), EINVAL);
    pthread_attr_t own;
    CHECK_EQUAL(pthread_getattr_np(thread, &own), 0);
    CHECK_EQUAL(pthread_attr_getdetachstate(&own, &state), 0);
    CHECK_EQUAL(state, PTHREAD_CREATE_DETACHED);
    CHECK_EQUAL(pthread_attr_destroy(&own), 0);

    thread = start(wait_for_go, NULL);
    CHECK_EQUAL(pthread_detach(thread), 0);
    CHECK_EQUAL(pthread_detach(thread), EINVAL);
    thread = start(give_back, NULL);
    pause_ms(5);
    CHECK_EQUAL(pthread_detach(thread), 0); /* it has ended, most likely */
    CHECK_EQUAL(sem_post(&go) | sem_post(&go), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
}

/* The bounds that pthread_getattr_np tells contain the stack and can all be written. */
static void bounds(pthread_attr_t* attr, char** low, char** high) {
    void* stack = NULL;
    size_t size = 0;
    CHECK_EQUAL(pthread_getattr_np(pthread_self(), attr), 0);
    CHECK_EQUAL(pthread_attr_getstack(attr, &stack, &size), 0);
    *low = stack;
    *high = *low + size;
    CHECK((char*)&stack > *low && (char*)&stack < *high);
}
static void* check_bounds(void* wanted) {
    pthread_attr_t attr;
    char* low = NULL;
    char* high = NULL;
    size_t guard = 0;
    bounds(&attr, &low, &high);
    CHECK_EQUAL(pthread_attr_getguardsize(&attr, &guard), 0);
    /* glibc counts thread-local storage and, below the stack, the guard. */
    CHECK((size_t)(high - low) + guard + 65536 >= *(size_t*)wanted);
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
    for (uintptr_t at = (uintptr_t)low + guard; at < frame - 8192; at += 4096) {
        *(volatile char*)at = 1;
    }
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
    return NULL;
}

static void stacks(void) {
    pthread_attr_t attr;
    pthread_t thread;
    char* low = NULL;
    char* high = NULL;
    bounds(&attr, &low, &high);
    CHECK(high - low >= 64 << 10);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);

    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN - 1), EINVAL);
    CHECK_EQUAL(pthread_attr_setguardsize(&attr, 10000), 0);
    size_t size = 0;
    CHECK_EQUAL(pthread_attr_getguardsize(&attr, &size), 0);
    CHECK_EQUAL(size, 10000);
    for (size = PTHREAD_STACK_MIN * 4; size <= 1 << 20; size *= 4) {
        size_t told = 0;
        CHECK_EQUAL(pthread_attr_setstacksize(&attr, size), 0);
        CHECK_EQUAL(pthread_attr_getstacksize(&attr, &told), 0);
        CHECK_EQUAL(told, size);
        CHECK_EQUAL(pthread_create(&thread, &attr, check_bounds, &size), 0);
        join(thread);
    }
    size = 256 << 10;
    CHECK_EQUAL(pthread_attr_setguardsize(&attr, 0), 0);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, size), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, check_bounds, &size), 0);
    join(thread);

    char* const own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(own != MAP_FAILED);
    CHECK_EQUAL(pthread_attr_setstack(&attr, own, PTHREAD_STACK_MIN - 1), EINVAL);
    CHECK_EQUAL(pthread_attr_setstack(&attr, own, size), 0);
    void* told = NULL;
    CHECK_EQUAL(pthread_attr_getstack(&attr, &told, &size), 0);
    CHECK(told == own);
    CHECK_EQUAL(pthread_create(&thread, &attr, check_bounds, &size), 0);
    join(thread);
    CHECK_EQUAL(munmap(own, size), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
}

static void* stack_size(void* size) {
    pthread_attr_t attr;
    CHECK_EQUAL(pthread_getattr_np(pthread_self(), &attr), 0);
    CHECK_EQUAL(pthread_attr_getstacksize(&attr, size), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
    return NULL;
}
static void defaults(void) {
    pthread_attr_t before;
    pthread_attr_t attr;
    size_t size = 0;
    CHECK_EQUAL(pthread_getattr_default_np(&before), 0);
    CHECK_EQUAL(pthread_getattr_default_np(&attr), 0);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, 24 << 20), 0);
    CHECK_EQUAL(pthread_setattr_default_np(&attr), 0);
    elsewhere(stack_size, &size); /* created without attributes */
    CHECK(size >= (24 << 20) - 65536);
    CHECK_EQUAL(pthread_setattr_default_np(&before), 0);
    elsewhere(stack_size, &size);
    CHECK(size >= 4 << 20);
    CHECK_EQUAL(pthread_attr_setstack(&attr, &attr, 1 << 20), 0);
    CHECK_EQUAL(pthread_setattr_default_np(&attr), EINVAL); /* one stack for all */
}

static void names(void) {
    char name[32];
    CHECK_EQUAL(pthread_setname_np(pthread_self(), "fifteen letters"), 0);
    CHECK_EQUAL(pthread_setname_np(pthread_self(), "sixteen letters!"), ERANGE);
    CHECK_EQUAL(pthread_getname_np(pthread_self(), name, 8), ERANGE);
    CHECK_EQUAL(pthread_getname_np(pthread_self(), name, sizeof name), 0);
    CHECK_EQUAL(strcmp(name, "fifteen letters"), 0);
    const pthread_t thread = start(wait_for_go, NULL);
    CHECK_EQUAL(pthread_setname_np(thread, "other"), 0);
    CHECK_EQUAL(pthread_getname_np(thread, name, sizeof name), 0);
    CHECK_EQUAL(strcmp(name, "other"), 0);
    CHECK_EQUAL(sem_post(&go), 0);
    join(thread);
    CHECK(pthread_equal(pthread_self(), pthread_self()) != 0);
    CHECK(pthread_equal(pthread_self(), thread) == 0);
}

static void* blocked(void* unused) {
    (void)unused;
    sigset_t set;
    CHECK_EQUAL(pthread_sigmask(SIG_BLOCK, NULL, &set), 0);
    return (void*)(intptr_t)(sigismember(&set, SIGUSR1) + 2 * sigismember(&set, SIGUSR2));
}
static void signal_masks(void) {
    pthread_attr_t attr;
    pthread_t thread;
    sigset_t set;
    CHECK_EQUAL(sigemptyset(&set) | sigaddset(&set, SIGUSR1), 0);
    CHECK_EQUAL(pthread_sigmask(77, &set, NULL), EINVAL);
    CHECK_EQUAL(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
    CHECK_EQUAL((intptr_t)elsewhere(blocked, NULL), 1); /* the creator's */
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_getsigmask_np(&attr, &set), PTHREAD_ATTR_NO_SIGMASK_NP);
    CHECK_EQUAL(sigemptyset(&set) | sigaddset(&set, SIGUSR2), 0);
    CHECK_EQUAL(pthread_attr_setsigmask_np(&attr, &set), 0);
    CHECK_EQUAL(sigemptyset(&set), 0);
    CHECK_EQUAL(pthread_attr_getsigmask_np(&attr, &set), 0);
    CHECK_EQUAL(sigismember(&set, SIGUSR2), 1);
    CHECK_EQUAL(pthread_create(&thread, &attr, blocked, NULL), 0);
    CHECK_EQUAL((intptr_t)join(thread), 2);
    CHECK_EQUAL(pthread_attr_setsigmask_np(&attr, NULL), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, blocked, NULL), 0);
    CHECK_EQUAL((intptr_t)join(thread), 1);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
}

/* The program ends well although main ends first: with the last thread. */
static void* say_ok(void* unused) {
    pause_ms(10);
    puts("ok");
    return unused;
}

int main(void) {
    CHECK_EQUAL(sem_init(&go, 0, 0), 0);
    joining();
    detaching();
    stacks();
    defaults();
    names();
    signal_masks();
    start(say_ok, NULL);
    pthread_exit((void*)7);
}
