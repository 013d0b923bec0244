/* What the basic operations of the system cost, in ticks of the time-stamp counter, on one core.
 * `threads`, `memory` and `openmp` look closer at each field.
 *
 * Under hermit-run --icount a tick is an instruction, and the same on every run.
 */
#define _GNU_SOURCE 1
#include "cores.h"
#include "first_write.h"
#include "measure.h"
#include "report.h"

#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 1000
#define KEPT 10000

static void measure_calls(void) {
    report_row("getpid", MEASURE(ROUNDS, getpid()), "ticks");
    report_row("sched_yield, alone", MEASURE(ROUNDS, sched_yield()), "ticks");
    struct timespec now;
    report_row("clock_gettime", MEASURE(ROUNDS, clock_gettime(CLOCK_MONOTONIC, &now)), "ticks");
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    report_row("mutex lock + unlock, uncontended",
               MEASURE(ROUNDS, (pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex))),
               "ticks");
}

/* A pair as the only block in the heap and beside others; and blocks that are all kept, as in the
 * thesis's benchmark. */
static void measure_malloc(void) {
    static void* kept[KEPT];
    void* volatile block;
    report_row("malloc + free, 64 B, alone", MEASURE(ROUNDS, free(block = malloc(64))), "ticks");
    for (long i = 0; i < KEPT; ++i) {
        kept[i] = malloc(64);
        free(block = malloc(4096));
    }
    block = malloc(4096);
    void* const large = block;
    report_row("malloc + free, 64 B, warm", MEASURE(ROUNDS, free(block = malloc(64))), "ticks");
    report_row("malloc + free, 4 KiB, warm", MEASURE(ROUNDS, free(block = malloc(4096))), "ticks");
    free(large);
    long next = 0;
    const double loop = empty_loop_ticks(KEPT);
    for (long i = 0; i < KEPT; ++i) {
        free(kept[i]);
    }
    report_row("malloc, 64 B, kept", TICKS_PER_ROUND(KEPT, kept[next++] = malloc(64)) - loop,
               "ticks");
    next = 0;
    report_row("free, 64 B, of many", TICKS_PER_ROUND(KEPT, free(kept[next++])) - loop, "ticks");
}

static void measure_first_write(void) {
    const double small = first_write_ticks(PAGE_4K, 4096);
    const double large = first_write_ticks(PAGE_2M, 32);
    if (small < 0 || large < 0) {
        fail("no memory for the page faults");
    }
    report_row("first write, 4 KiB apart", small, "ticks");
    report_row("first write, 2 MiB apart", large, "ticks");
    report_row("clearing 4 KiB", clearing_ticks(PAGE_4K, 100), "ticks");
    report_row("clearing 2 MiB", clearing_ticks(PAGE_2M, 2), "ticks");
}

static sem_t ping, pong;
static volatile int stop_yielding;

static void* answer(void* argument) {
    (void)argument;
    for (int stop = 0; !stop;) {
        sem_wait(&ping);
        stop = stop_yielding;
        sem_post(&pong);
    }
    return NULL;
}

static void* yield(void* turns) {
    while (!stop_yielding) {
        ++*(volatile long*)turns;
        sched_yield();
    }
    return NULL;
}

/* Two threads on one core that take turns, by sched_yield() and by waking each other. */
static void measure_switches(void) {
    stay_on_core(0);
    volatile long turns = 0;
    pthread_t other = start_on_core(0, yield, (void*)&turns);
    const double round = MEASURE(ROUNDS, sched_yield());
    const double expected = (BLOCKS + 1) * ROUNDS;
    stop_yielding = 1;
    pthread_join(other, NULL);
    if ((double)turns > 0.98 * expected && (double)turns < 1.02 * expected) {
        report_row("sched_yield between two threads, per switch", round / 2, "ticks");
    } else {
        report_skipped("sched_yield between two threads, per switch", "they do not take turns");
    }

    stop_yielding = 0;
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    other = start_on_core(0, answer, NULL);
    report_row("semaphore ping-pong, per switch",
               MEASURE(ROUNDS, (sem_post(&ping), sem_wait(&pong))) / 2, "ticks");
    stop_yielding = 1;
    sem_post(&ping);
    pthread_join(other, NULL);
}

static void* nothing(void* argument) { return argument; }

static void measure_create(void) {
    pthread_t thread;
    report_row(
        "thread create + join",
        MEASURE(100, (pthread_create(&thread, NULL, nothing, NULL), pthread_join(thread, NULL))),
        "ticks");
}

int main(void) {
    measure_calls();
    measure_malloc();
    measure_first_write();
    measure_switches();
    measure_create();
    return 0;
}
