/* What OpenMP's constructs cost, in the manner of EPCC's syncbench: each is repeated around a short
 * delay, the time of the delays alone is subtracted, and what is left is the construct's overhead.
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

static long rounds = 200;
static int threads;
static long sum; /* every thread adds to it what it has done, so that the work can be checked */

static inline void delay(void) {
    for (int i = 0; i < DELAY; ++i) {
        __asm__ volatile("" : "+r"(i));
    }
}

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

static void only_for(void) {
#pragma omp parallel
    for (long i = 0; i < rounds; ++i) {
#pragma omp for schedule(static)
        for (int j = 0; j < threads; ++j) {
            delay();
        }
    }
}

static void dynamic_for(void) {
#pragma omp parallel
    for (long i = 0; i < rounds; ++i) {
#pragma omp for schedule(dynamic)
        for (int j = 0; j < threads; ++j) {
            delay();
        }
    }
}

static void barrier(void) {
#pragma omp parallel
    for (long i = 0; i < rounds; ++i) {
        delay();
#pragma omp barrier
    }
}

static void single(void) {
#pragma omp parallel
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
#pragma omp parallel
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
#pragma omp parallel
    for (long i = 0; i < rounds / threads; ++i) {
        omp_set_lock(&the_lock);
        delay();
        ++sum;
        omp_unset_lock(&the_lock);
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

/* Every thread makes tasks and waits for its own after every few, before there are so many that
 * libgomp runs new ones at once. */
static void task(void) {
#pragma omp parallel
    for (long i = 1; i <= rounds; ++i) {
#pragma omp task
        {
            delay();
#pragma omp atomic
            ++sum;
        }
        if (i % TASKS_IN_FLIGHT == 0) {
#pragma omp taskwait
        }
    }
}

/* Ticks per run of `construct` beyond `rounds` delays. Each run adds `counted` to `sum`. */
static double overhead(const char* name, void (*construct)(void), long counted) {
    double runs[BLOCKS], delays[BLOCKS];
    sum = 0;
    for (int run = -1; run < BLOCKS; ++run) {
        const uint64_t start = ticks();
        construct();
        const uint64_t end = ticks();
        const double reference = TICKS_PER_ROUND(rounds, delay());
        if (run >= 0) {
            runs[run] = (double)(end - start);
            delays[run] = reference * (double)rounds;
        }
    }
    if (sum != counted * (BLOCKS + 1)) {
        fail("%s: counted %ld instead of %ld", name, sum, counted * (BLOCKS + 1));
    }
    return median(runs, BLOCKS) - median(delays, BLOCKS);
}

static void report(const char* name, double overhead_of_all) {
    char row[64];
    snprintf(row, sizeof(row), "OpenMP %s, %d thread%s", name, threads, threads > 1 ? "s" : "");
    report_row(row, overhead_of_all / (double)rounds, "ticks");
}

int main(int argc, char** argv) {
    const struct option options[] = {{"--rounds", &rounds, 10, 1000000}, {0}};
    read_options(argc, argv, options, "openmp [--rounds NUMBER]");
    threads = omp_get_max_threads();
    rounds = (rounds + threads - 1) / threads * threads;
    omp_init_lock(&the_lock);
    const char* const policy = getenv("OMP_WAIT_POLICY");
    printf("# OMP_WAIT_POLICY: %s\n", policy != NULL ? policy : "not set");

    const double regions = overhead("parallel region", parallel_region, 0);
    report("parallel region", regions);
    report("parallel for", overhead("parallel for", parallel_for, 0));
    report("reduction", overhead("reduction", reduction, rounds * threads));

    /* The rest happens inside of one region, which is not theirs to pay for. */
    static const struct {
        const char* name;
        void (*construct)(void);
        int count_once, count_each; /* what a round adds to the sum */
    } constructs[] = {
        {"for", only_for, 0, 0},  {"for, dynamic", dynamic_for, 0, 0}, {"barrier", barrier, 0, 0},
        {"single", single, 1, 0}, {"critical", critical, 1, 0},        {"lock", lock, 1, 0},
        {"task", task, 0, 1},
    };
    const double region = regions / (double)rounds;
    for (size_t i = 0; i < sizeof(constructs) / sizeof(constructs[0]); ++i) {
        const long counted =
            rounds * (constructs[i].count_once + constructs[i].count_each * threads);
        report(constructs[i].name,
               overhead(constructs[i].name, constructs[i].construct, counted) - region);
    }
    return 0;
}
