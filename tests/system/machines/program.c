// What every machine runs: an OpenMP program that shows that it has all cores and all memory, and
// that its arguments came through. The first argument is how many MiB to write to; the runner knows
// how many cores there should be.
#define _GNU_SOURCE
#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kMostCores = 1024, kStatus = 42, kStep = 4096 };

static unsigned char runs_on[kMostCores];

/// Distinct cores that the threads of one team run on.
static long team_cores(int* threads) {
    long cores = 0;
#pragma omp parallel
    {
        const int core = sched_getcpu();
        if (core >= 0 && core < kMostCores) {
            runs_on[core] = 1;
        }
#pragma omp single
        *threads = omp_get_num_threads();
    }
    for (int i = 0; i < kMostCores; ++i) {
        cores += runs_on[i];
    }
    return cores;
}

/// Writes to every page of so many MiB, from all cores, and reads it back.
static int holds(size_t mebibytes) {
    const long pages = (long)(mebibytes << 20) / kStep;
    unsigned char* const block = mebibytes == 0 ? NULL : malloc(mebibytes << 20);
    long right = 0;
    if (block == NULL) {
        return mebibytes == 0;
    }
#pragma omp parallel for schedule(static)
    for (long page = 0; page < pages; ++page) {
        memcpy(block + page * kStep, &page, sizeof(page));
    }
#pragma omp parallel for schedule(static) reduction(+ : right)
    for (long page = 0; page < pages; ++page) {
        right += memcmp(block + page * kStep, &page, sizeof(page)) == 0;
    }
    free(block);
    return right == pages;
}

int main(int argc, char** argv) {
    enum { kTerms = 100000 };
    int threads = 0;
    long sum = 0;
    double halves = 0.0;
    puts("machine: first line");
    fflush(stdout);
    printf("arguments:");
    for (int i = 1; i < argc; ++i) {
        printf(" [%s]", argv[i]);
    }
    puts("");
    const long cores = team_cores(&threads);
    printf("cores: %ld of %ld, threads: %d\n", cores, sysconf(_SC_NPROCESSORS_ONLN), threads);
#pragma omp parallel for schedule(static, 7) reduction(+ : sum, halves)
    for (int i = 1; i <= kTerms; ++i) {
        sum += i;
        halves += 0.5 * i; // exact in every order
    }
    const long expected = kTerms * (kTerms + 1L) / 2;
    if (sum != expected || halves * 2 != (double)expected) {
        printf("wrong sums: %ld, %f\n", sum, halves);
        return 1;
    }
    if (!holds(argc > 1 ? strtoul(argv[1], NULL, 10) : 0)) {
        puts("memory: wrong");
        return 1;
    }
    puts("machine: last line");
    return kStatus;
}
