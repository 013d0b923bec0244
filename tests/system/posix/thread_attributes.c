/* Thread attributes, policies, priorities: what is set is read back, and what is wrong refused. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void* nothing(void* argument) { return argument; }

static void attributes_read_back(void) {
    pthread_attr_t attr;
    int value = -1;
    size_t size = 0;
    struct sched_param param;
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_getdetachstate(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_CREATE_JOINABLE);
    CHECK_EQUAL(pthread_attr_setdetachstate(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_attr_setguardsize(&attr, 12345), 0);
    CHECK_EQUAL(pthread_attr_getguardsize(&attr, &size), 0);
    CHECK_EQUAL(size, 12345);
    CHECK_EQUAL(pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED), 0);
    CHECK_EQUAL(pthread_attr_getinheritsched(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_EXPLICIT_SCHED);
    CHECK_EQUAL(pthread_attr_setinheritsched(&attr, 77), EINVAL);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attr, SCHED_RR), 0);
    CHECK_EQUAL(pthread_attr_getschedpolicy(&attr, &value), 0);
    CHECK_EQUAL(value, SCHED_RR);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attr, 77), EINVAL);
    param.sched_priority = 3;
    CHECK_EQUAL(pthread_attr_setschedparam(&attr, &param), 0);
    param.sched_priority = -1;
    CHECK_EQUAL(pthread_attr_setschedparam(&attr, &param), EINVAL);
    CHECK_EQUAL(pthread_attr_getschedparam(&attr, &param), 0);
    CHECK_EQUAL(param.sched_priority, 3);
    CHECK_EQUAL(pthread_attr_setscope(&attr, PTHREAD_SCOPE_SYSTEM), 0);
    CHECK_EQUAL(pthread_attr_setscope(&attr, PTHREAD_SCOPE_PROCESS), ENOTSUP);
    CHECK_EQUAL(pthread_attr_getscope(&attr, &value), 0);
    CHECK_EQUAL(value, PTHREAD_SCOPE_SYSTEM);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN - 1), EINVAL);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, 1 << 20), 0);
    CHECK_EQUAL(pthread_attr_getstacksize(&attr, &size), 0);
    CHECK_EQUAL(size, 1 << 20);

    cpu_set_t set;
    CHECK_EQUAL(pthread_attr_getaffinity_np(&attr, sizeof(set), &set), 0);
    CHECK_EQUAL(CPU_COUNT(&set), sysconf(_SC_NPROCESSORS_ONLN));
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    CHECK_EQUAL(pthread_attr_setaffinity_np(&attr, sizeof(set), &set), 0);
    CPU_ZERO(&set);
    CHECK_EQUAL(pthread_attr_getaffinity_np(&attr, sizeof(set), &set), 0);
    CHECK_EQUAL(CPU_COUNT(&set), 1);
    CHECK(CPU_ISSET(0, &set));

    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, &attr, nothing, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attr), 0);
}

static void defaults_can_be_changed(void) {
    pthread_attr_t attr;
    pthread_attr_t kept;
    size_t size = 0;
    CHECK_EQUAL(pthread_getattr_default_np(&kept), 0);
    attr = kept;
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, 256 << 10), 0);
    CHECK_EQUAL(pthread_setattr_default_np(&attr), 0);
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_getstacksize(&attr, &size), 0);
    CHECK_EQUAL(size, 256 << 10);
    CHECK_EQUAL(pthread_setattr_default_np(&kept), 0);
}

/* The obsolete pair, whose address is the stack's top. */
static void stack_address(void) {
    static char memory[64 << 10] __attribute__((aligned(64)));
    pthread_attr_t attr;
    void* top = NULL;
    void* bottom = NULL;
    size_t size = 0;
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    CHECK_EQUAL(pthread_attr_init(&attr), 0);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, sizeof(memory)), 0);
    CHECK_EQUAL(pthread_attr_setstackaddr(&attr, memory + sizeof(memory)), 0);
    CHECK_EQUAL(pthread_attr_getstackaddr(&attr, &top), 0);
    CHECK(top == memory + sizeof(memory));
    CHECK_EQUAL(pthread_attr_getstack(&attr, &bottom, &size), 0);
    CHECK(bottom == memory);
    pthread_t thread;
    void* result = NULL;
    CHECK_EQUAL(pthread_create(&thread, &attr, nothing, memory), 0);
    CHECK_EQUAL(pthread_join(thread, &result), 0);
    CHECK(result == memory);
}

static void policies_and_priorities(void) {
    int policy = -1;
    struct sched_param param = {.sched_priority = -1};
    struct sched_param one = {.sched_priority = 1};
    struct sched_param zero = {.sched_priority = 0};
    struct timespec slice = {0, 0};
    CHECK_EQUAL(sched_get_priority_min(SCHED_OTHER), 0);
    CHECK_EQUAL(sched_get_priority_max(SCHED_OTHER), 0);
    CHECK(sched_get_priority_max(SCHED_FIFO) > sched_get_priority_min(SCHED_FIFO));
    CHECK_EQUAL(sched_get_priority_max(77), -1);
    CHECK_EQUAL(errno, EINVAL);
    CHECK_EQUAL(sched_getscheduler(0), SCHED_OTHER);
    CHECK_EQUAL(sched_setscheduler(0, SCHED_FIFO, &one), 0);
    CHECK_EQUAL(sched_getscheduler(0), SCHED_FIFO);
    CHECK_EQUAL(sched_getparam(0, &param), 0);
    CHECK_EQUAL(param.sched_priority, 1);
    param.sched_priority = 2;
    CHECK_EQUAL(sched_setparam(0, &param), 0);
    CHECK_EQUAL(pthread_setschedprio(pthread_self(), 3), 0);
    CHECK_EQUAL(pthread_getschedparam(pthread_self(), &policy, &param), 0);
    CHECK_EQUAL(policy, SCHED_FIFO);
    CHECK_EQUAL(param.sched_priority, 3);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_OTHER, &one), EINVAL);
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_OTHER, &zero), 0);
    CHECK_EQUAL(sched_getscheduler(54321), -1);
    CHECK_EQUAL(errno, ESRCH);
    CHECK_EQUAL(sched_rr_get_interval(0, &slice), 0);
    CHECK(slice.tv_sec == 0 && slice.tv_nsec > 0);
}

static void cores_of_the_caller(void) {
    unsigned cpu = 999;
    unsigned node = 999;
    cpu_set_t all;
    cpu_set_t one;
    CHECK_EQUAL(sched_getaffinity(0, sizeof(all), &all), 0);
    for (int core = 0; core < CPU_COUNT(&all); ++core) {
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        CHECK_EQUAL(sched_setaffinity(0, sizeof(one), &one), 0);
        CHECK_EQUAL(getcpu(&cpu, &node), 0);
        CHECK_EQUAL(cpu, core);
        CHECK_EQUAL(node, 0);
        CHECK_EQUAL(sched_getcpu(), core);
    }
    CPU_ZERO(&one);
    CHECK_EQUAL(sched_setaffinity(0, sizeof(one), &one), -1);
    CHECK_EQUAL(errno, EINVAL);
    CHECK_EQUAL(sched_setaffinity(0, sizeof(all), &all), 0);
}

static int forks_prepared;
static void prepare(void) { ++forks_prepared; }

static void the_rest(void) {
    int value = -1;
    struct timespec soon;
    pthread_t thread;
    CHECK_EQUAL(pthread_setconcurrency(3), 0);
    CHECK_EQUAL(pthread_getconcurrency(), 3);
    CHECK_EQUAL(pthread_setconcurrency(-1), EINVAL);
    CHECK_EQUAL(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &value), 0);
    CHECK_EQUAL(value, PTHREAD_CANCEL_DEFERRED);
    CHECK_EQUAL(pthread_setcanceltype(77, &value), EINVAL);
    CHECK_EQUAL(pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &value), 0);
    CHECK_EQUAL(value, PTHREAD_CANCEL_ASYNCHRONOUS);
    pthread_testcancel();
    pthread_yield();
    CHECK_EQUAL(pthread_atfork(prepare, NULL, NULL), 0);
    CHECK_EQUAL(forks_prepared, 0);
    sigset_t set;
    sigset_t old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK_EQUAL(pthread_sigmask(SIG_BLOCK, &set, &old), 0);
    CHECK_EQUAL(sigismember(&old, SIGUSR1), 0);
    CHECK_EQUAL(pthread_sigmask(SIG_SETMASK, &old, &set), 0);
    CHECK_EQUAL(sigismember(&set, SIGUSR1), 1);
    CHECK_EQUAL(pthread_kill(pthread_self(), 0), 0);
    CHECK_EQUAL(pthread_kill(pthread_self(), 9999), EINVAL);
    CHECK_EQUAL(clock_gettime(CLOCK_MONOTONIC, &soon), 0);
    soon.tv_sec += 20;
    CHECK_EQUAL(pthread_create(&thread, NULL, nothing, NULL), 0);
    CHECK_EQUAL(pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &soon), 0);
}

static int cleaned;
static void clean(void* argument) { cleaned += *(int*)argument; }

static void clean_up_handlers(void) {
    int ten = 10;
    int five = 5;
    struct _pthread_cleanup_context outer;
    struct _pthread_cleanup_context inner;
    _pthread_cleanup_push(&outer, clean, &ten);
    _pthread_cleanup_push(&inner, clean, &five);
    _pthread_cleanup_pop(&inner, 1);
    CHECK_EQUAL(cleaned, 5);
    _pthread_cleanup_pop(&outer, 0);
    CHECK_EQUAL(cleaned, 5);
}

int main(void) {
    attributes_read_back();
    defaults_can_be_changed();
    stack_address();
    policies_and_priorities();
    cores_of_the_caller();
    the_rest();
    clean_up_handlers();
    puts("ok");
    return 0;
}
