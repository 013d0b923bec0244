/* What OpenMP's constructs cost, in the manner of EPCC's syncbench: each is repeated around a short
 * delay, the time of the delays alone, taken directly after, is subtracted, and what is left is the
 * construct's overhead.
 * J. M. Bull, "Measuring Synchronisation and Scheduling Overheads in OpenMP", EWOMP 1999.
 *
 * openmp [--rounds NUMBER]
 *
 * OMP_NUM_THREADS chooses the number of threads, OMP_WAIT_POLICY how they wait.
 */
#include "measure.h"
#include "options.h"
#include "report.h"

#include <omp.h>

#define DELAY 100
#define TASKS_IN_FLIGHT 10
#define MOST_THREADS 1024

static long rounds = 200;
static int threads;
static long sum; /* every thread adds to it what it has done, so that the work can be checked */

static inline void delay(void) {
    for (int i = 0; i < DELAY; ++i) {
        __asm__ volatile("" : "+r"(i));
    }
}

/* What every thread, or one, would take without any construct. */
static void delays(void) {
    for (long i = 0; i < rounds; ++i) {
        delay();
    }
}

static void delays_of_one(void) {
    if (omp_get_thread_num() == 0) {
        delays();
    }
}

/* Constructs that are regions themselves. */
static void parallel_region(void) {
    for (long i = 0; i < rounds; ++i) {
#pragma omp parallel
        delay();
    }
}

static void parallel_for(void) {
    for (long i = 0; i < rounds; ++i) {
#pragma omp parallel for schedule(static)
        for (int j = 0; j < threads; ++j) {
            delay();
        }
    }
}

static void reduction(void) {
    for (long i = 0; i < rounds; ++i) {
        long all = 0;
#pragma omp parallel reduction(+ : all)
        {
            delay();
            ++all;
        }
        sum += all;
    }
}

/* Constructs inside of a region: every thread calls these. */
static void only_for(void) {
    for (long i = 0; i < rounds; ++i) {
#pragma omp for schedule(static)
        for (int j = 0; j < threads; ++j) {
            delay();
        }
    }
}

static void dynamic_for(void) {
    for (long i = 0; i < rounds; ++i) {
#pragma omp for schedule(dynamic)
        for (int j = 0; j < threads; ++j) {
            delay();
        }
    }
}

static void barrier(void) {
    for (long i = 0; i < rounds; ++i) {
        delay();
#pragma omp barrier
    }
}

static void single(void) {
    for (long i = 0; i < rounds; ++i) {
#pragma omp single
        {
            delay();
            ++sum;
        }
    }
}

/* One thread at a time: the threads share the rounds. */
static void critical(void) {
    for (long i = 0; i < rounds / threads; ++i) {
#pragma omp critical
        {
            delay();
            ++sum;
        }
    }
}

static omp_lock_t the_lock;

static void lock(void) {
    for (long i = 0; i < rounds / threads; ++i) {
        omp_set_lock(&the_lock);
        delay();
        ++sum;
        omp_unset_lock(&the_lock);
    }
}

/* Every thread makes tasks and waits for its own after every few, before there are so many that
 * libgomp runs new ones at once. */
static void task(void) {
    for (long i = 1; i <= rounds; ++i) {
#pragma omp task
        {
            delay();
#pragma omp atomic
            ++sum;
        }
        if (i % TASKS_IN_FLIGHT == 0 || i == rounds) {
#pragma omp taskwait
        }
    }
}

/* Ticks of `body`, called by the first thread only. */
static double ticks_outside(void (*body)(void)) {
    const uint64_t start = ticks();
    body();
    return (double)(ticks() - start);
}

/* Ticks of `body`, called by every thread of a region, from the first start to the last end. */
static double ticks_inside(void (*body)(void)) {
    static uint64_t starts[MOST_THREADS], ends[MOST_THREADS];
#pragma omp parallel
    {
        const int thread = omp_get_thread_num();
#pragma omp barrier
        starts[thread] = ticks();
        body();
        ends[thread] = ticks();
    }
    uint64_t first = starts[0], last = ends[0];
    for (int i = 1; i < threads; ++i) {
        first = starts[i] < first ? starts[i] : first;
        last = ends[i] > last ? ends[i] : last;
    }
    return (double)(last - first);
}

static const struct construct {
    const char* name;
    double (*measure)(void (*)(void));
    void (*body)(void);
    void (*reference)(void);
    int count_once, count_each; /* what a round adds to `sum`: in all, and for each thread */
    /* So many times the rounds asked for. The threads start as far apart as they are woken, and
     * where they do not wait for each other in every round, that has to be little of the whole. */
    int factor;
} constructs[] = {
    {"parallel region", ticks_outside, parallel_region, delays, 0, 0, 1},
    {"parallel for", ticks_outside, parallel_for, delays, 0, 0, 1},
    {"reduction", ticks_outside, reduction, delays, 0, 1, 1},
    {"for", ticks_inside, only_for, delays, 0, 0, 1},
    {"for, dynamic", ticks_inside, dynamic_for, delays, 0, 0, 1},
    {"barrier", ticks_inside, barrier, delays, 0, 0, 1},
    {"single", ticks_inside, single, delays_of_one, 1, 0, 1},
    {"critical", ticks_inside, critical, delays_of_one, 1, 0, 50},
    {"lock", ticks_inside, lock, delays_of_one, 1, 0, 50},
    {"task", ticks_inside, task, delays, 0, 1, 5},
};

static void report_overhead(const struct construct* construct, long asked_rounds) {
    double overheads[BLOCKS];
    rounds = asked_rounds * construct->factor;
    sum = 0;
    for (int block = -1; block < BLOCKS; ++block) {
        const double with = construct->measure(construct->body);
        const double without = construct->measure(construct->reference);
        if (block >= 0) {
            overheads[block] = (with - without) / (double)rounds;
        }
    }
    const long expected =
        (BLOCKS + 1) * rounds * (construct->count_once + construct->count_each * threads);
    if (sum != expected) {
        fail("%s: counted %ld instead of %ld", construct->name, sum, expected);
    }
    char row[64];
    snprintf(row, sizeof(row), "OpenMP %s, %d thread%s", construct->name, threads,
             threads > 1 ? "s" : "");
    report_row(row, median(overheads, BLOCKS), "ticks");
}

int main(int argc, char** argv) {
    const struct option options[] = {{"--rounds", &rounds, 10, 1000000}, {0}};
    read_options(argc, argv, options, "openmp [--rounds NUMBER]");
    threads = omp_get_max_threads();
    if (threads > MOST_THREADS) {
        fail("more than %d threads", MOST_THREADS);
    }
    const long asked_rounds = (rounds + threads - 1) / threads * threads;
    omp_init_lock(&the_lock);
    const char* const policy = getenv("OMP_WAIT_POLICY");
    printf("# OMP_WAIT_POLICY: %s\n", policy != NULL ? policy : "not set");

    for (size_t i = 0; i < sizeof(constructs) / sizeof(constructs[0]); ++i) {
        report_overhead(&constructs[i], asked_rounds);
    }
    return 0;
}
