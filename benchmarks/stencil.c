/* A 7-point stencil in three dimensions: Jacobi's iteration for the Laplace equation.
 *
 * stencil [--size NUMBER] [--sweeps NUMBER] [--repeat NUMBER] [--spoil]
 *
 * The start is the lowest mode of the cube, sin(pi x) sin(pi y) sin(pi z), zero on the boundary.
 * Every sweep multiplies it by cos(pi h), h being the distance of two points, so that the value of
 * each point is known after any number of sweeps. Fails if one is wrong; --spoil changes one point
 * at the start, and must make it fail.
 */
#include "kernel.h"
#include "options.h"

#include <math.h>

#define PI 3.14159265358979323846
#define TOLERANCE 1e-12

static long size = 48, sweeps = 50, spoil; /* inner points in each direction */
static double *now, *next;

/* The place of a point; 0 and size + 1 are the boundary. */
static inline size_t place(long x, long y, long z) {
    const size_t row = (size_t)size + 2;
    return ((size_t)x * row + (size_t)y) * row + (size_t)z;
}

static double start_value(const double* modes, long x, long y, long z) {
    return modes[x] * modes[y] * modes[z];
}

/* The values of the mode in one direction; exactly zero at both ends. */
static double* make_modes(void) {
    double* const modes = allocate((size_t)size + 2, sizeof(*modes));
    for (long i = 0; i <= size + 1; ++i) {
        modes[i] = i == 0 || i == size + 1 ? 0.0 : sin(PI * (double)i / (double)(size + 1));
    }
    return modes;
}

static void prepare(void) {
    const size_t points = place(size + 1, size + 1, size + 1) + 1;
    double* const modes = make_modes();
    now = allocate(points, sizeof(*now));
    next = allocate(points, sizeof(*next));
#pragma omp parallel for schedule(static)
    for (long x = 0; x <= size + 1; ++x) {
        for (long y = 0; y <= size + 1; ++y) {
            for (long z = 0; z <= size + 1; ++z) {
                now[place(x, y, z)] = start_value(modes, x, y, z);
                next[place(x, y, z)] = 0.0;
            }
        }
    }
    if (spoil) {
        now[place(1, 1, 1)] += 1e-6;
    }
    free(modes);
}

static void solve(void) {
    const size_t row = (size_t)size + 2, plane = row * row;
    for (long sweep = 0; sweep < sweeps; ++sweep) {
#pragma omp parallel for schedule(static)
        for (long x = 1; x <= size; ++x) {
            for (long y = 1; y <= size; ++y) {
                const double* const from = &now[place(x, y, 0)];
                double* const to = &next[place(x, y, 0)];
                for (long z = 1; z <= size; ++z) {
                    to[z] = (from[z - 1] + from[z + 1] + from[z - (long)row] + from[z + (long)row] +
                             from[z - (long)plane] + from[z + (long)plane]) *
                            (1.0 / 6.0);
                }
            }
        }
        double* const old = now;
        now = next;
        next = old;
    }
}

static void check(void) {
    double* const modes = make_modes();
    const double factor = pow(cos(PI / (double)(size + 1)), (double)sweeps);
    double worst = 0;
    for (long x = 0; x <= size + 1; ++x) {
        for (long y = 0; y <= size + 1; ++y) {
            for (long z = 0; z <= size + 1; ++z) {
                const double error =
                    fabs(now[place(x, y, z)] - factor * start_value(modes, x, y, z));
                worst = error > worst ? error : worst;
            }
        }
    }
    free(modes);
    free(now);
    free(next);
    if (!(worst < TOLERANCE)) {
        fail("a point is wrong by %g", worst);
    }
}

int main(int argc, char** argv) {
    long repeats = 3;
    const struct option options[] = {{"--size", &size, 1, 4096},
                                     {"--sweeps", &sweeps, 1, 1000000},
                                     {"--repeat", &repeats, 1, MOST_REPEATS},
                                     {"--spoil", &spoil, 0, 0},
                                     {0}};
    read_options(argc, argv, options,
                 "stencil [--size NUMBER] [--sweeps NUMBER] [--repeat NUMBER] [--spoil]");
    const struct kernel kernel = {prepare, solve, check};
    measure_kernel(&kernel, repeats);
    return 0;
}
