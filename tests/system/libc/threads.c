/* Threads: creation, results, detaching, keys, clean-up, names, attributes, stacks. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void* twice(void* argument) { return (void*)(2 * (intptr_t)argument); }

static void results_arrive(void) {
    pthread_t threads[64];
    for (intptr_t i = 0; i < 64; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, twice, (void*)i), 0);
    }
    for (intptr_t i = 0; i < 64; ++i) {
        void* result;
        CHECK_EQUAL(pthread_join(threads[i], &result), 0);
        CHECK_EQUAL((intptr_t)result, 2 * i);
    }
    CHECK_EQUAL(pthread_join(pthread_self(), NULL), EDEADLK);
}

static void one_after_another(void) {
    for (intptr_t i = 0; i < 2000; ++i) {
        pthread_t thread;
        void* result;
        CHECK_EQUAL(pthread_create(&thread, NULL, twice, (void*)i), 0);
        CHECK_EQUAL(pthread_join(thread, &result), 0);
        CHECK_EQUAL((intptr_t)result, 2 * i);
    }
}

static sem_t detached_done;
static void* post(void* argument) {
    sem_post(&detached_done);
    return argument;
}
static void detached_threads_end(void) {
    sem_init(&detached_done, 0, 0);
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 300; ++i) {
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, i % 2 == 0 ? &attr : NULL, post, NULL), 0);
        if (i % 2 != 0) {
            CHECK_EQUAL(pthread_detach(thread), 0);
        }
    }
    for (int i = 0; i < 300; ++i) {
        CHECK_EQUAL(sem_wait(&detached_done), 0);
    }
}

static pthread_key_t key;
static int destroyed;
static void count_up(void* value) {
    __atomic_fetch_add(&destroyed, 1, __ATOMIC_RELAXED);
    if ((intptr_t)value < 3) { /* destructors may set values again */
        pthread_setspecific(key, (void*)((intptr_t)value + 1));
    }
}
static void* set_key(void* argument) {
    CHECK(pthread_getspecific(key) == NULL);
    CHECK_EQUAL(pthread_setspecific(key, argument), 0);
    CHECK(pthread_getspecific(key) == argument);
    return NULL;
}
static void keys_have_destructors(void) {
    CHECK_EQUAL(pthread_key_create(&key, count_up), 0);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, set_key, (void*)1), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK_EQUAL(destroyed, 3);
    CHECK_EQUAL(pthread_setspecific(key, &thread), 0);
    CHECK_EQUAL(pthread_key_delete(key), 0);
    CHECK_EQUAL(pthread_key_delete(key), EINVAL);
    CHECK_EQUAL(pthread_key_create(&key, NULL), 0);
    CHECK(pthread_getspecific(key) == NULL); /* the value of an earlier key */
    CHECK_EQUAL(pthread_key_delete(key), 0);
    int made = 0;
    pthread_key_t many[200];
    while (made < 200 && pthread_key_create(&many[made], NULL) == 0) {
        ++made;
    }
    CHECK(made >= 100);
    CHECK(made < 200);
    while (made > 0) {
        CHECK_EQUAL(pthread_key_delete(many[--made]), 0);
    }
}

static char order[8];
static void note(void* letter) { strcat(order, letter); }
static void* clean_up(void* argument) {
    pthread_cleanup_push(note, "a");
    pthread_cleanup_push(note, "b");
    pthread_cleanup_push(note, "c");
    pthread_cleanup_pop(1);
    pthread_exit(argument);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}
static void clean_up_handlers_run(void) {
    pthread_t thread;
    void* result;
    CHECK_EQUAL(pthread_create(&thread, NULL, clean_up, order), 0);
    CHECK_EQUAL(pthread_join(thread, &result), 0);
    CHECK(result == order);
    CHECK_EQUAL(strcmp(order, "cba"), 0);
}

static void* deep(void* argument) {
    /* All of the stack asked for can be used. */
    volatile char frame[900 * 1024];
    for (size_t i = 0; i < sizeof frame; i += 512) {
        frame[i] = 1;
    }
    return argument;
}
static void stacks_are_as_large_as_asked(void) {
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, 1024 * 1024), 0);
    CHECK_EQUAL(pthread_attr_setstacksize(&attr, 1), EINVAL);
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, &attr, deep, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);

    static char own[256 * 1024] __attribute__((aligned(16)));
    CHECK_EQUAL(pthread_attr_setstack(&attr, own, sizeof own), 0);
    CHECK_EQUAL(pthread_create(&thread, &attr, twice, (void*)21), 0);
    void* result;
    CHECK_EQUAL(pthread_join(thread, &result), 0);
    CHECK_EQUAL((intptr_t)result, 42);

    CHECK_EQUAL(pthread_getattr_np(pthread_self(), &attr), 0);
    void* stack;
    size_t size;
    CHECK_EQUAL(pthread_attr_getstack(&attr, &stack, &size), 0);
    CHECK((char*)&size > (char*)stack);
    CHECK((char*)&size < (char*)stack + size);
    CHECK(size >= 8 * 1024 * 1024);
}

static void names_and_numbers(void) {
    char name[16];
    CHECK_EQUAL(pthread_setname_np(pthread_self(), "fifteen letters"), 0);
    CHECK_EQUAL(pthread_setname_np(pthread_self(), "sixteen letters!"), ERANGE);
    CHECK_EQUAL(pthread_getname_np(pthread_self(), name, sizeof name), 0);
    CHECK_EQUAL(strcmp(name, "fifteen letters"), 0);
    CHECK(pthread_equal(pthread_self(), pthread_self()));
    CHECK(gettid() > 0);
    CHECK_EQUAL(getpid(), 1);
}

static void* on_core(void* core) {
    cpu_set_t set;
    CHECK_EQUAL(sched_getcpu(), (intptr_t)core);
    CHECK_EQUAL(pthread_getaffinity_np(pthread_self(), sizeof set, &set), 0);
    CHECK_EQUAL(CPU_COUNT(&set), 1);
    return NULL;
}
static void threads_stay_where_they_are_put(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t set;
    CHECK_EQUAL(sched_getaffinity(0, sizeof set, &set), 0);
    CHECK_EQUAL(CPU_COUNT(&set), cores);
    for (long core = 0; core < cores; ++core) {
        pthread_attr_t attr;
        pthread_attr_init(&attr);
        CPU_ZERO(&set);
        CPU_SET(core, &set);
        CHECK_EQUAL(pthread_attr_setaffinity_np(&attr, sizeof set, &set), 0);
        pthread_t thread;
        CHECK_EQUAL(pthread_create(&thread, &attr, on_core, (void*)core), 0);
        CHECK_EQUAL(pthread_join(thread, NULL), 0);
        CHECK_EQUAL(pthread_setaffinity_np(pthread_self(), sizeof set, &set), 0);
        CHECK_EQUAL(sched_getcpu(), core);
    }
    CPU_ZERO(&set);
    CHECK_EQUAL(pthread_setaffinity_np(pthread_self(), sizeof set, &set), EINVAL);
}

static void* wait_a_little(void* argument) {
    usleep(20000);
    return argument;
}
static void joining_can_time_out(void) {
    pthread_t thread;
    CHECK_EQUAL(pthread_create(&thread, NULL, wait_a_little, order), 0);
    CHECK_EQUAL(pthread_tryjoin_np(thread, NULL), EBUSY);
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 1000000;
    soon.tv_sec += soon.tv_nsec / 1000000000;
    soon.tv_nsec %= 1000000000;
    CHECK_EQUAL(pthread_timedjoin_np(thread, NULL, &soon), ETIMEDOUT);
    void* result;
    CHECK_EQUAL(pthread_join(thread, &result), 0);
    CHECK(result == order);
}

static void refused_honestly(void) {
    CHECK_EQUAL(pthread_cancel(pthread_self()), ENOSYS);
    int old = -1;
    CHECK_EQUAL(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old), 0);
    CHECK_EQUAL(old, PTHREAD_CANCEL_ENABLE);
    CHECK_EQUAL(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old), 0);
    CHECK_EQUAL(old, PTHREAD_CANCEL_DISABLE);
    CHECK_EQUAL(pthread_setcancelstate(17, NULL), EINVAL);
}

int main(void) {
    results_arrive();
    one_after_another();
    detached_threads_end();
    keys_have_destructors();
    clean_up_handlers_run();
    stacks_are_as_large_as_asked();
    names_and_numbers();
    threads_stay_where_they_are_put();
    joining_can_time_out();
    refused_honestly();
    puts("ok");
    return 0;
}
