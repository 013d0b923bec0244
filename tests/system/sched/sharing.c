// More threads than cores. Whoever spins for what another has to do gets it done in the end, equals
// share the processor evenly, and preemption anywhere leaves every register as it was.
#include "../libc/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { kMaxThreads = 8 };

static volatile int flag;

static void* set_flag(void* argument) {
    flag = 1;
    return argument;
}

static atomic_bool stop;

struct Counter {
    _Alignas(64) volatile unsigned long count;
    int broken;
};

// Whole and floating numbers in as many registers as the compiler can find; no call within.
static void* compute(void* argument) {
    struct Counter* counter = argument;
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        double f0 = 1, f1 = 2, f2 = 3, f3 = 4, f4 = 5, f5 = 6, f6 = 7, f7 = 8;
        unsigned long g0 = 1, g1 = 2, g2 = 3, g3 = 4, g4 = 5, g5 = 6;
        for (int i = 0; i < 20000; ++i) {
            f0 += 1, f1 += 2, f2 += 3, f3 += 4, f4 += 5, f5 += 6, f6 += 7, f7 += 8;
            g0 += 1, g1 += 2, g2 += 3, g3 += 4, g4 += 5, g5 += 6;
            __asm__ volatile("" : "+x"(f0), "+x"(f1), "+x"(f2), "+x"(f3), "+x"(f4), "+x"(f5));
            __asm__ volatile("" : "+x"(f6), "+x"(f7), "+r"(g0), "+r"(g1), "+r"(g2), "+r"(g3));
            __asm__ volatile("" : "+r"(g4), "+r"(g5));
        }
        if (f0 + f1 + f2 + f3 + f4 + f5 + f6 + f7 != 36 * 20001.0 ||
            g0 + g1 + g2 + g3 + g4 + g5 != 21 * 20001UL) {
            counter->broken = 1;
        }
        ++counter->count;
    }
    return NULL;
}

static double processor_seconds(pthread_t thread) {
    clockid_t clock;
    struct timespec used;
    CHECK_EQUAL(pthread_getcpuclockid(thread, &clock), 0);
    CHECK_EQUAL(clock_gettime(clock, &used), 0);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

int main(void) {
    pthread_t threads[kMaxThreads];
    CHECK_EQUAL(pthread_create(&threads[0], NULL, set_flag, NULL), 0);
    while (!flag) {
    }
    CHECK_EQUAL(pthread_join(threads[0], NULL), 0);

    static struct Counter counters[kMaxThreads];
    const int count = 2 * (int)sysconf(_SC_NPROCESSORS_ONLN) + 1;
    CHECK(count <= kMaxThreads);
    for (int i = 0; i < count; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, compute, &counters[i]), 0);
    }
    const struct timespec second = {1, 0};
    CHECK_EQUAL(nanosleep(&second, NULL), 0); // is woken although all others spin
    for (int i = 0; i < count; ++i) {
        // Three on a core get a third each; a third of that is left to the host's own scheduling.
        CHECK(processor_seconds(threads[i]) > 0.1);
    }
    atomic_store(&stop, 1);
    for (int i = 0; i < count; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
        CHECK(counters[i].count > 0);
        CHECK(!counters[i].broken);
    }
    puts("ok");
    return 0;
}
