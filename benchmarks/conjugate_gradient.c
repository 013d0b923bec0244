/* The conjugate gradient method for a sparse matrix: the Laplace operator on a cube of points, in
 * compressed rows.
 * M. R. Hestenes and E. Stiefel, "Methods of Conjugate Gradients for Solving Linear Systems", 1952.
 *
 * conjugate_gradient [--size NUMBER] [--iterations NUMBER] [--repeat NUMBER]
 *
 * The right side is made from a known solution. Fails if that is not found: the residual b - A x,
 * computed anew, must be below 1e-8 of b, and the worst element right to 1e-6. Too few iterations
 * make it fail.
 */
#include "kernel.h"
#include "options.h"

#define LARGEST_RESIDUAL 1e-8
#define LARGEST_ERROR 1e-6

static long size = 24, iterations = 90, rows;
static long* row_starts;
static int* columns;
static double* values;
static double *solution, *right_side, *residual, *direction, *product;

/* Element i of the solution that is to be found: something without symmetry. */
static double expected(long i) { return 1.0 + (double)(i * 7919 % 1000) / 1000; }

/* result = matrix * vector */
static void multiply(double* restrict result, const double* restrict vector) {
#pragma omp parallel for schedule(static)
    for (long row = 0; row < rows; ++row) {
        double sum = 0;
        for (long i = row_starts[row]; i < row_starts[row + 1]; ++i) {
            sum += values[i] * vector[columns[i]];
        }
        result[row] = sum;
    }
}

static double dot(const double* a, const double* b) {
    double sum = 0;
#pragma omp parallel for schedule(static) reduction(+ : sum)
    for (long i = 0; i < rows; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* y = a * x + b * y */
static void combine(double* restrict y, double b, double a, const double* restrict x) {
#pragma omp parallel for schedule(static)
    for (long i = 0; i < rows; ++i) {
        y[i] = a * x[i] + b * y[i];
    }
}

/* The neighbours of a point in the three directions, and the point itself, in order of columns. */
static int row_entries(long row, long* neighbours) {
    const long plane = size * size;
    const long x = row / plane, y = row / size % size, z = row % size;
    int count = 0;
    const struct {
        int exists;
        long step;
    } candidates[] = {{x > 0, -plane},   {y > 0, -size},       {z > 0, -1},          {1, 0},
                      {z + 1 < size, 1}, {y + 1 < size, size}, {x + 1 < size, plane}};
    for (int i = 0; i < 7; ++i) {
        if (candidates[i].exists) {
            neighbours[count++] = row + candidates[i].step;
        }
    }
    return count;
}

static double* new_vector(void) { return allocate((size_t)rows, sizeof(double)); }

static void make_matrix(void) {
    row_starts = allocate((size_t)rows + 1, sizeof(*row_starts));
    columns = allocate((size_t)rows * 7, sizeof(*columns));
    values = allocate((size_t)rows * 7, sizeof(*values));
    long neighbours[7];
    row_starts[0] = 0;
    for (long row = 0; row < rows; ++row) {
        row_starts[row + 1] = row_starts[row] + row_entries(row, neighbours);
    }
#pragma omp parallel for schedule(static) private(neighbours)
    for (long row = 0; row < rows; ++row) {
        const int count = row_entries(row, neighbours);
        for (int i = 0; i < count; ++i) {
            columns[row_starts[row] + i] = (int)neighbours[i];
            values[row_starts[row] + i] = neighbours[i] == row ? 6.0 : -1.0;
        }
    }
}

static void prepare(void) {
    rows = size * size * size;
    make_matrix();
    solution = new_vector();
    right_side = new_vector();
    residual = new_vector();
    direction = new_vector();
    product = new_vector();
#pragma omp parallel for schedule(static)
    for (long i = 0; i < rows; ++i) {
        direction[i] = expected(i);
        solution[i] = right_side[i] = residual[i] = product[i] = 0.0;
    }
    multiply(right_side, direction);
}

/* From the solution 0, a fixed number of iterations. */
static void solve(void) {
    combine(residual, 0.0, 1.0, right_side);
    combine(direction, 0.0, 1.0, right_side);
    double square = dot(residual, residual);
    for (long i = 0; i < iterations && square > 0; ++i) {
        multiply(product, direction);
        const double step = square / dot(direction, product);
        combine(solution, 1.0, step, direction);
        combine(residual, 1.0, -step, product);
        const double next = dot(residual, residual);
        combine(direction, next / square, 1.0, residual);
        square = next;
    }
}

static void check(void) {
    double worst = 0;
    multiply(product, solution);
    combine(product, -1.0, 1.0, right_side);
    const double left = dot(product, product) / dot(right_side, right_side);
    for (long i = 0; i < rows; ++i) {
        const double error = solution[i] - expected(i);
        worst = error > worst ? error : -error > worst ? -error : worst;
    }
    if (!(left < LARGEST_RESIDUAL * LARGEST_RESIDUAL) || !(worst < LARGEST_ERROR)) {
        fail("not solved after %ld iterations: square of the residual %g, worst element off by %g",
             iterations, left, worst);
    }
    void* const memory[] = {row_starts, columns,  values,    solution,
                            right_side, residual, direction, product};
    for (size_t i = 0; i < sizeof(memory) / sizeof(memory[0]); ++i) {
        free(memory[i]);
    }
}

int main(int argc, char** argv) {
    long repeats = 3;
    const struct option options[] = {{"--size", &size, 2, 600},
                                     {"--iterations", &iterations, 1, 1000000},
                                     {"--repeat", &repeats, 1, MOST_REPEATS},
                                     {0}};
    read_options(argc, argv, options,
                 "conjugate_gradient [--size NUMBER] [--iterations NUMBER] [--repeat NUMBER]");
    const struct kernel kernel = {prepare, solve, check};
    measure_kernel(&kernel, repeats);
    return 0;
}
