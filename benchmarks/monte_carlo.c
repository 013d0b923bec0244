/* Monte Carlo: estimates pi from random points in a square. A point depends on its number only, so
 * every number of threads gives exactly the same result.
 *
 * monte_carlo [--samples THOUSANDS] [--repeat NUMBER]
 *
 * Fails if two runs differ or pi is wrong by more than 0.002, as with too few samples.
 */
#include "kernel.h"
#include "options.h"

#define PI 3.14159265358979323846
#define TOLERANCE 0.002

static long thousands = 5000;
static long hits, hits_of_first_run = -1;

/* Mixes the bits of a counter into a random number: two rounds of multiplication by odd numbers,
 * each with the upper half folded onto the lower one. */
static inline uint64_t random_bits(uint64_t counter) {
    uint64_t bits = (counter + 1) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio */
    bits = (bits ^ bits >> 32) * UINT64_C(0xd6e8feb86659fd93);
    bits = (bits ^ bits >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return bits ^ bits >> 32;
}

static void prepare(void) { hits = 0; }

static void solve(void) {
    const long samples = thousands * 1000;
    long inside = 0;
#pragma omp parallel for schedule(static) reduction(+ : inside)
    for (long i = 0; i < samples; ++i) {
        const uint64_t bits = random_bits((uint64_t)i);
        const double x = (double)(int32_t)bits, y = (double)(int32_t)(bits >> 32);
        inside += x * x + y * y < 0x1p62; /* a circle of radius 2^31 in a square of side 2^32 */
    }
    hits = inside;
}

static void check(void) {
    const double estimate = 4.0 * (double)hits / ((double)thousands * 1000);
    if (hits_of_first_run < 0) {
        hits_of_first_run = hits;
        printf("# pi is %.6f\n", estimate);
    }
    if (hits != hits_of_first_run) {
        fail("two runs differ: %ld and %ld points", hits_of_first_run, hits);
    }
    if (!(estimate > PI - TOLERANCE && estimate < PI + TOLERANCE)) {
        fail("pi is not %.6f: too few samples", estimate);
    }
}

int main(int argc, char** argv) {
    long repeats = 3;
    const struct option options[] = {
        {"--samples", &thousands, 1, 1000000000}, {"--repeat", &repeats, 1, MOST_REPEATS}, {0}};
    read_options(argc, argv, options, "monte_carlo [--samples THOUSANDS] [--repeat NUMBER]");
    const struct kernel kernel = {prepare, solve, check};
    measure_kernel(&kernel, repeats);
    return 0;
}
