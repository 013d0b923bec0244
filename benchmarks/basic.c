/* What the basic operations of the system cost, in ticks of the time-stamp counter, on one core.
 * `threads`, `memory` and `openmp` look closer at each field.
 *
 * Under hermit-run --icount a tick is an instruction, and the same on every run.
 */
#define _GNU_SOURCE 1
#include "first_write.h"
#include "measure.h"
#include "report.h"
#include "switches.h"

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

static void measure_page_faults(void) {
    const struct first_write small = measure_first_write(PAGE_4K, 16l << 20);
    const struct first_write large = measure_first_write(PAGE_2M, 64l << 20);
    report_row("first write, 4 KiB apart", small.ticks, "ticks");
    report_row("first write, 2 MiB apart", large.ticks, "ticks");
    report_row("page fault on fresh memory, zeroing excluded",
               large.ticks - clearings_per_page(large.page) * clearing_ticks(large.page, 16),
               "ticks");
}

/* Two threads on one core that take turns, by sched_yield() and by waking each other. */
static void measure_switches(void) {
    const char* const yield = "sched_yield between two threads, per switch";
    const double ticks_of_yield = yield_switch_ticks();
    if (ticks_of_yield < 0) {
        report_skipped(yield, "they do not take turns");
    } else {
        report_row(yield, ticks_of_yield, "ticks");
    }
    report_row("semaphore ping-pong, per switch", semaphore_switch_ticks(0), "ticks");
}

int main(void) {
    measure_calls();
    measure_malloc();
    measure_page_faults();
    measure_switches();
    report_row("thread create + join", create_join_ticks(), "ticks");
    return 0;
}
