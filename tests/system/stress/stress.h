// What the stress programs share: arguments `SEED ROUNDS`, random numbers that the seed repeats,
// and cores to be on.
#pragma once

#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

struct Stress {
    uint64_t seed;
    int rounds;
    int cores;
};

static inline struct Stress stress_arguments(int count, char** words) {
    CHECK_EQUAL(count, 3);
    const struct Stress stress = {strtoull(words[1], NULL, 0), atoi(words[2]),
                                  (int)sysconf(_SC_NPROCESSORS_ONLN)};
    CHECK(stress.rounds > 0 && stress.cores > 0);
    return stress;
}

// xorshift64*: G. Marsaglia, "Xorshift RNGs", 2003. Each thread has a state of its own.
struct Random {
    uint64_t state;
};

static inline uint64_t random_next(struct Random* random) {
    random->state ^= random->state >> 12;
    random->state ^= random->state << 25;
    random->state ^= random->state >> 27;
    return random->state * 0x2545F4914F6CDD1D;
}

static inline struct Random random_for(uint64_t seed, int thread) {
    struct Random random = {(seed + 1) * 0x9E3779B97F4A7C15 ^ (uint64_t)(thread + 1) << 17};
    random_next(&random);
    return random;
}

// Evenly below `limit`, as well as it matters here.
static inline int random_below(struct Random* random, int limit) {
    return (int)((random_next(random) >> 33) % (uint64_t)limit);
}

static inline void spin(int steps) {
    for (volatile int i = 0; i < steps; ++i) {
    }
}

static inline struct timespec in_nanoseconds(clockid_t clock, long span) {
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += span;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static inline void stay_on(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    CHECK_EQUAL(pthread_setaffinity_np(pthread_self(), sizeof(set), &set), 0);
}
