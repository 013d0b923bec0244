// Whether short functions of the system have vanished into the program: with link-time optimisation
// they cost fewer instructions than any call of them takes. Where a tick is an instruction.
#define _GNU_SOURCE 1
#include "../../../benchmarks/ticks.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

enum { kRounds = 1000 };

volatile long time_seen, process;

#define COST(operation)                                                                            \
    __extension__({                                                                                \
        const uint64_t start_ = ticks();                                                           \
        for (int i_ = 0; i_ < kRounds; ++i_) {                                                     \
            __asm__ volatile("" : "+r"(i_));                                                       \
            operation;                                                                             \
        }                                                                                          \
        (double)(ticks() - start_) / kRounds;                                                      \
    })

static void judge(const char* name, double cost, double most) {
    printf("%s %s\n", name, cost <= most ? "inline" : "called");
    fprintf(stderr, "%s: %.1f instructions\n", name, cost);
}

int main(void) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    struct timespec now;
    (void)COST((void)0);
    const double loop = COST((void)0);
    judge("getpid", COST(process = getpid()) - loop - 1, 2); // 1: the store
    judge("mutex", COST((pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex))) - loop, 12);
    judge("yield", COST(sched_yield()) - loop, 9);
    judge("clock", COST((clock_gettime(CLOCK_MONOTONIC, &now), time_seen = now.tv_sec)) - loop, 20);
    return 0;
}
