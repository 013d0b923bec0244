/* Keeps as many threads as there are cores computing for some seconds of real time. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
    const double duration = argc > 1 ? strtod(argv[1], NULL) : 5.0;
    double sum = 0.0;
#pragma omp parallel reduction(+ : sum)
    {
        const double end = omp_get_wtime() + duration;
        double x = 1.0 + omp_get_thread_num();
        while (omp_get_wtime() < end) {
            for (int i = 0; i < 10000; ++i) {
                x = x * 0.999 + 0.001;
            }
        }
        sum += x;
    }
    printf("threads %d, sum %f\n", omp_get_max_threads(), sum);
    return 0;
}
