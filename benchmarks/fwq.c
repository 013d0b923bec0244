/* Fixed work quanta: the same piece of work again and again. What a quantum takes beyond the
 * shortest one was stolen from the program.
 * M. Sottile and R. Minnich, "Analysis of Microbenchmarks for Performance Tuning of Clusters",
 * CLUSTER 2004.
 *
 * fwq [--quanta NUMBER] [--work ITERATIONS] [--cores NUMBER] [--trace]
 *
 * One thread on each of the first NUMBER cores (1 unless told) does all quanta; the rows are over
 * all cores, stolen time is that of the worst. --trace adds a line for each quantum:
 * "# quantum CORE START TICKS", START being in ticks since the first one.
 */
#define _GNU_SOURCE 1
#include "cores.h"
#include "options.h"
#include "report.h"
#include "ticks.h"

#define MOST_CORES 512

static long quanta = 1000, work = 500000;
static pthread_barrier_t all_ready;

struct measurement {
    uint64_t* starts; /* of each quantum, and the end of the last */
    pthread_t thread;
};

static inline void do_work(void) {
    long left = work;
    __asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(left));
}

static void* measure(void* argument) {
    uint64_t* const starts = ((struct measurement*)argument)->starts;
    memset(starts, 1, (size_t)(quanta + 1) * sizeof(*starts)); /* no page fault later */
    pthread_barrier_wait(&all_ready);
    for (long i = 0; i <= quanta; ++i) { /* the first is the warm-up, and only its end counts */
        do_work();
        starts[i] = ticks();
    }
    return NULL;
}

static double maximum_of(double a, double b) { return a > b ? a : b; }

int main(int argc, char** argv) {
    static struct measurement measurements[MOST_CORES];
    long cores = 1, trace = 0;
    const struct option options[] = {{"--quanta", &quanta, 2, 10000000},
                                     {"--work", &work, 1, 1000000000},
                                     {"--cores", &cores, 1, MOST_CORES},
                                     {"--trace", &trace, 0, 0},
                                     {0}};
    read_options(argc, argv, options,
                 "fwq [--quanta NUMBER] [--work ITERATIONS] [--cores NUMBER] [--trace]");
    if (cores > core_count()) {
        fail("there are %d cores, not %ld", core_count(), cores);
    }
    const double frequency = ticks_per_second();
    pthread_barrier_init(&all_ready, NULL, (unsigned)cores);
    for (long core = 0; core < cores; ++core) {
        struct measurement* const own = &measurements[core];
        own->starts = malloc((size_t)(quanta + 1) * sizeof(*own->starts));
        if (own->starts == NULL) {
            fail("no memory for %ld quanta", quanta);
        }
        if (core > 0) {
            own->thread = start_on_core((int)core, measure, own);
        }
    }
    stay_on_core(0);
    measure(&measurements[0]);
    for (long core = 1; core < cores; ++core) {
        pthread_join(measurements[core].thread, NULL);
    }

    uint64_t shortest = UINT64_MAX, longest = 0;
    for (long core = 0; core < cores; ++core) {
        const uint64_t* const starts = measurements[core].starts;
        for (long i = 0; i < quanta; ++i) {
            const uint64_t quantum = starts[i + 1] - starts[i];
            shortest = quantum < shortest ? quantum : shortest;
            longest = quantum > longest ? quantum : longest;
            if (trace) {
                printf("# quantum %ld %llu %llu\n", core,
                       (unsigned long long)(starts[i] - starts[0]), (unsigned long long)quantum);
            }
        }
    }
    double total = 0, stolen_per_second = 0, stolen_share = 0;
    for (long core = 0; core < cores; ++core) {
        const uint64_t* const starts = measurements[core].starts;
        const double time = (double)(starts[quanta] - starts[0]);
        const double stolen = time - (double)shortest * (double)quanta;
        total += time;
        stolen_per_second = maximum_of(stolen_per_second, stolen / (time / frequency));
        stolen_share = maximum_of(stolen_share, 100 * stolen / time);
    }
    printf("# %ld quanta of %ld iterations on %ld cores, %.0f MHz\n", quanta, work, cores,
           frequency / 1e6);
    report_row("minimum quantum", (double)shortest, "ticks");
    report_row("mean quantum", total / (double)(quanta * cores), "ticks");
    report_row("maximum quantum", (double)longest, "ticks");
    report_row("stolen per second", stolen_per_second, "ticks");
    report_row("stolen", stolen_share, "percent");
    return 0;
}
