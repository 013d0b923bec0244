// What threads do that nobody told where to run and how to wait: as long as each has a core of its
// own, it stays there and spins for a while between parallel regions; if there are more threads
// than cores, a thread that waits leaves its core soon. Measured in processor time, which is what
// spinning costs.
#define _GNU_SOURCE 1
#include "../libc/check.h"

#include <omp.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>

enum { kMost = 64, kRounds = 5 };

static int64_t own_time_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/// Least processor time that a thread, other than the first, used between two regions that are 50
/// ms apart. Anything else that happens to a thread adds to it.
static int64_t waiting_costs_ns(int threads) {
    static int64_t before[kMost];
    static int64_t after[kMost];
    const struct timespec apart = {.tv_sec = 0, .tv_nsec = 50000000};
    int64_t least = INT64_MAX;
    for (int round = 0; round < kRounds; ++round) {
#pragma omp parallel num_threads(threads)
        before[omp_get_thread_num()] = own_time_ns();
        nanosleep(&apart, NULL);
#pragma omp parallel num_threads(threads)
        after[omp_get_thread_num()] = own_time_ns();
        for (int i = 1; i < threads; ++i) {
            least = after[i] - before[i] < least ? after[i] - before[i] : least;
        }
    }
    return least;
}

static void stay(int threads) {
    int core[kMost];
    int moved = 0;
    int taken[kMost] = {0};
#pragma omp parallel num_threads(threads)
    core[omp_get_thread_num()] = sched_getcpu();
    for (int i = 0; i < threads; ++i) {
        CHECK_EQUAL(taken[core[i]]++, 0);
    }
    for (int round = 0; round < 100; ++round) {
#pragma omp parallel num_threads(threads) reduction(+ : moved)
        moved += core[omp_get_thread_num()] != sched_getcpu();
    }
    CHECK_EQUAL(moved, 0);
}

int main(void) {
    const int cores = omp_get_num_procs();
    CHECK(cores > 1 && 2 * cores <= kMost);
    // hermit-run says how to wait where the host has fewer processors than the machine.
    CHECK(getenv("OMP_WAIT_POLICY") == NULL);
    stay(cores);
    const int64_t alone = waiting_costs_ns(cores);
    const int64_t crowded = waiting_costs_ns(2 * cores);
    if (crowded * 10 > alone) {
        printf("waiting costs %lld ns with a core for each, %lld ns without\n", (long long)alone,
               (long long)crowded);
        return 1;
    }
    puts("ok");
    return 0;
}
