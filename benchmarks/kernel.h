/* How long an OpenMP program takes with one thread and with all that OMP_NUM_THREADS allows. */
#ifndef KERNEL_H
#define KERNEL_H

#include "measure.h"
#include "report.h"

#include <omp.h>
#include <string.h>

#define MOST_REPEATS 100

/* The three steps of a program. Only `solve` is timed; `check` ends the program by fail() if the
 * result is wrong. All three run with the same number of threads, so that memory is first touched
 * by the threads that use it. */
struct kernel {
    void (*prepare)(void);
    void (*solve)(void);
    void (*check)(void);
};

static inline double kernel_seconds(const struct kernel* kernel, int threads) {
    omp_set_num_threads(threads);
    kernel->prepare();
    const double start = seconds();
    kernel->solve();
    const double end = seconds();
    kernel->check();
    return end - start;
}

/* Reports the median times of `repeats` runs each, taken in turn, and the parallel efficiency. */
static inline void measure_kernel(const struct kernel* kernel, long repeats) {
    static double one[MOST_REPEATS], all[MOST_REPEATS];
    const int threads = omp_get_max_threads();
    for (long i = 0; i < repeats; ++i) {
        one[i] = kernel_seconds(kernel, 1);
        all[i] = kernel_seconds(kernel, threads);
    }
    const double median_one = median(one, (int)repeats), median_all = median(all, (int)repeats);
    printf("# all threads: %d\n", threads);
    report_row("time, 1 thread", median_one, "s");
    report_row("time, all threads", median_all, "s");
    report_row("parallel efficiency", 100 * median_one / (threads * median_all), "percent");
}

/* Memory for `count` elements. */
static inline void* allocate(size_t count, size_t size) {
    void* const memory = count <= SIZE_MAX / size ? malloc(count * size) : NULL;
    if (memory == NULL) {
        fail("no memory for %zu elements", count);
    }
    return memory;
}

#endif
