/* OpenMP: work sharing, reductions, critical sections, tasks, barriers, nested and many regions. */
#include "check.h"

#include <omp.h>

int main(void) {
    const int threads = omp_get_max_threads();
    CHECK_EQUAL(threads, omp_get_num_procs());
    long sum = 0;
    int seen = 0;
#pragma omp parallel reduction(+ : sum, seen)
    {
        seen += 1;
#pragma omp for schedule(dynamic, 100)
        for (int i = 0; i < 100000; ++i) {
            sum += i;
        }
    }
    CHECK_EQUAL(seen, threads);
    CHECK_EQUAL(sum, 4999950000);

    long counter = 0, atomic_counter = 0;
#pragma omp parallel num_threads(8)
    {
        for (int i = 0; i < 100; ++i) {
#pragma omp critical
            ++counter;
#pragma omp atomic
            ++atomic_counter;
        }
#pragma omp barrier
#pragma omp single
        {
            CHECK_EQUAL(counter, 8 * 100);
            CHECK_EQUAL(atomic_counter, 8 * 100);
        }
    }

    long done = 0;
#pragma omp parallel
#pragma omp single
    for (int i = 0; i < 500; ++i) {
#pragma omp task
        {
#pragma omp atomic
            done += i;
        }
    }
    CHECK_EQUAL(done, 499 * 500 / 2);

    int rounds = 0;
    for (int i = 0; i < 200; ++i) {
#pragma omp parallel
        {
#pragma omp barrier
#pragma omp master
            ++rounds;
        }
    }
    CHECK_EQUAL(rounds, 200);
    puts("ok");
    return 0;
}
