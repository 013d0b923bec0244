/* What the basic operations of the system cost, in ticks of the time-stamp counter: the average
 * over many rounds after a warm-up, the loop itself subtracted.
 *
 * Under hermit-run --icount a tick is an instruction, and the same on every run.
 */
#define _GNU_SOURCE 1
#include "ticks.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROUNDS 10000
#define WARM_UP 1000
#define PAGE_4K 4096ul
#define PAGE_2M (2ul << 20)

static double empty_loop;

/* The average of `rounds` repetitions of `operation`, without the loop. */
#define AVERAGE(rounds, operation)                                                                 \
    __extension__({                                                                                \
        const uint64_t start_ = ticks();                                                           \
        for (long i_ = 0; i_ < (rounds); ++i_) {                                                   \
            __asm__ volatile("" : "+r"(i_));                                                       \
            operation;                                                                             \
        }                                                                                          \
        (double)(ticks() - start_) / (double)(rounds)-empty_loop;                                  \
    })

static void report(const char* operation, double average) {
    printf("%-36s %10.1f ticks\n", operation, average < 0 ? 0.0 : average);
}

static void measure_getpid(void) {
    (void)AVERAGE(WARM_UP, getpid());
    report("getpid()", AVERAGE(ROUNDS, getpid()));
}

static void measure_yield(void) {
    (void)AVERAGE(WARM_UP, sched_yield());
    report("sched_yield()", AVERAGE(ROUNDS, sched_yield()));
}

/* Blocks of 64 bytes that are kept, as in the thesis's benchmark, and the pair with free. */
static void measure_malloc(void) {
    static void* blocks[ROUNDS];
    long next = 0;
    void* volatile block;
    (void)AVERAGE(WARM_UP, free(block = malloc(64)));
    report("malloc(64)", AVERAGE(ROUNDS, blocks[next++] = malloc(64)));
    next = 0;
    report("free", AVERAGE(ROUNDS, free(blocks[next++])));
    (void)AVERAGE(WARM_UP, free(block = malloc(64)));
    report("malloc(64) + free", AVERAGE(ROUNDS, free(block = malloc(64))));
}

/* The first write to places `distance` bytes apart in fresh memory. */
static void measure_first_write(const char* name, size_t distance, long count) {
    const size_t bytes = distance * (size_t)(count + 1);
    char* const memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        printf("%-36s %10s\n", name, "no memory");
        return;
    }
    volatile char* place = memory;
    *place = 1; /* the path itself is warm, and may bring a first large page */
    report(name, AVERAGE(count, (place += distance, *place = 1)));
    munmap(memory, bytes);
}

static sem_t ping, pong;

static void* answer(void* rounds) {
    for (long i = 0; i < (long)rounds; ++i) {
        sem_wait(&ping);
        sem_post(&pong);
    }
    return NULL;
}

/* Two threads on one core that wake each other and block: two switches per round. */
static void measure_switch(void) {
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(0, &here);
    pthread_setaffinity_np(pthread_self(), sizeof(here), &here);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setaffinity_np(&attributes, sizeof(here), &here);
    pthread_t other;
    if (pthread_create(&other, &attributes, answer, (void*)(long)(WARM_UP + ROUNDS)) != 0) {
        puts("no second thread");
        return;
    }
    (void)AVERAGE(WARM_UP, (sem_post(&ping), sem_wait(&pong)));
    report("task switch (blocking ping-pong)",
           AVERAGE(ROUNDS, (sem_post(&ping), sem_wait(&pong))) / 2);
    pthread_join(other, NULL);
}

int main(void) {
    (void)AVERAGE(WARM_UP, (void)0);
    empty_loop = AVERAGE(ROUNDS, (void)0);
    printf("%-36s %10s\n", "operation", "average");
    measure_getpid();
    measure_yield();
    measure_malloc();
    measure_first_write("first write, 4 KiB apart", PAGE_4K, 4096);
    measure_first_write("first write, 2 MiB apart", PAGE_2M, 32);
    measure_switch();
    return 0;
}
