/* Solves Laplace's equation on a square by Jacobi iteration, in parallel and once more serially,
 * and compares. Each point of the grid is computed from the same operands in the same order
 * whatever the number of threads, so both solutions must be equal to the last bit.
 *
 * jacobi [--size N] [--iterations N]
 */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct grid {
    size_t size; /* points per side, border included */
    double* points;
};

static double* at(const struct grid* grid, size_t row, size_t column) {
    return &grid->points[row * grid->size + column];
}

static int make_grid(struct grid* grid, size_t size) {
    grid->size = size;
    grid->points = malloc(size * size * sizeof(double));
    if (grid->points == NULL) {
        fprintf(stderr, "jacobi: no memory for %zu x %zu points\n", size, size);
        return 0;
    }
    return 1;
}

/* Hot at the top, cold elsewhere. Parallel, so that each thread first touches the memory that it
 * will work on. */
static void heat(const struct grid* grid) {
#pragma omp parallel for schedule(static)
    for (size_t row = 0; row < grid->size; ++row) {
        for (size_t column = 0; column < grid->size; ++column) {
            *at(grid, row, column) = row == 0 ? 100.0 : 0.0;
        }
    }
}

/* One row of one iteration; returns the largest change. */
static double relax_row(const struct grid* from, const struct grid* to, size_t row) {
    double largest = 0.0;
    for (size_t column = 1; column + 1 < from->size; ++column) {
        const double value = 0.25 * (*at(from, row - 1, column) + *at(from, row + 1, column) +
                                     *at(from, row, column - 1) + *at(from, row, column + 1));
        largest = fmax(largest, fabs(value - *at(from, row, column)));
        *at(to, row, column) = value;
    }
    return largest;
}

/* Returns the last iteration's largest change; the solution is in `a`. */
static double solve_parallel(struct grid* a, struct grid* b, int iterations) {
    double residual = 0.0;
    for (int i = 0; i < iterations; ++i) {
        residual = 0.0;
#pragma omp parallel for schedule(static) reduction(max : residual)
        for (size_t row = 1; row < a->size - 1; ++row) {
            residual = fmax(residual, relax_row(a, b, row));
        }
        const struct grid swapped = *a;
        *a = *b;
        *b = swapped;
    }
    return residual;
}

static double solve_serial(struct grid* a, struct grid* b, int iterations) {
    double residual = 0.0;
    for (int i = 0; i < iterations; ++i) {
        residual = 0.0;
        for (size_t row = 1; row < a->size - 1; ++row) {
            residual = fmax(residual, relax_row(a, b, row));
        }
        const struct grid swapped = *a;
        *a = *b;
        *b = swapped;
    }
    return residual;
}

static double mean(const struct grid* grid) {
    double sum = 0.0;
    for (size_t i = 0; i < grid->size * grid->size; ++i) {
        sum += grid->points[i];
    }
    return sum / (double)(grid->size * grid->size);
}

static long option(int argc, char** argv, const char* name, long value) {
    for (int i = 1; i + 1 < argc; ++i) {
        if (strcmp(argv[i], name) == 0) {
            value = strtol(argv[i + 1], NULL, 10);
        }
    }
    return value;
}

int main(int argc, char** argv) {
    const long size = option(argc, argv, "--size", 256);
    const long iterations = option(argc, argv, "--iterations", 100);
    if (size < 1 || size > 100000 || iterations < 0 || iterations > 1000000000) {
        fprintf(stderr, "usage: jacobi [--size N] [--iterations N]\n");
        return 2;
    }
    struct grid parallel[2];
    struct grid serial[2];
    for (int i = 0; i < 2; ++i) {
        if (!make_grid(&parallel[i], (size_t)size + 2) ||
            !make_grid(&serial[i], (size_t)size + 2)) {
            return 2;
        }
        heat(&parallel[i]);
        heat(&serial[i]);
    }

    const double start = omp_get_wtime();
    const double residual = solve_parallel(&parallel[0], &parallel[1], (int)iterations);
    const double middle = omp_get_wtime();
    const double expected = solve_serial(&serial[0], &serial[1], (int)iterations);
    const double end = omp_get_wtime();

    const size_t bytes = parallel[0].size * parallel[0].size * sizeof(double);
    const int equal =
        residual == expected && memcmp(parallel[0].points, serial[0].points, bytes) == 0;
    printf("threads:       %d\n", omp_get_max_threads());
    printf("grid:          %ld x %ld, %ld iterations\n", size, size, iterations);
    printf("residual:      %.15e\n", residual);
    printf("mean:          %.15e\n", mean(&parallel[0]));
    printf("parallel time: %.3f s\n", middle - start);
    printf("serial time:   %.3f s\n", end - middle);
    printf("%s\n", equal ? "ok" : "WRONG: the parallel solution differs from the serial one");
    return equal ? 0 : 1;
}
