/* What threads cost: a switch between two of them, and making one. Include it first, or define
 * _GNU_SOURCE. */
#ifndef SWITCHES_H
#define SWITCHES_H

#include "cores.h"
#include "measure.h"

#include <semaphore.h>

#define SWITCH_ROUNDS 1000

static inline void* nothing(void* argument) { return argument; }

/* Ticks to create a thread that does nothing, and to join it. */
static inline double create_join_ticks(void) {
    pthread_t thread;
    return MEASURE(100, (pthread_create(&thread, NULL, nothing, NULL), pthread_join(thread, NULL)));
}

struct yielding {
    volatile int stop;
    volatile long turns;
};

static inline void* yield_until_stopped(void* argument) {
    struct yielding* const other = argument;
    while (!other->stop) {
        ++other->turns;
        sched_yield();
    }
    return NULL;
}

/* Ticks per switch between two threads on core 0 that do nothing but sched_yield(). Negative if
 * they do not take turns, for then nobody knows how often the system switched. */
static inline double yield_switch_ticks(void) {
    struct yielding other = {0, 0};
    stay_on_core(0);
    const pthread_t thread = start_on_core(0, yield_until_stopped, &other);
    const double round = MEASURE(SWITCH_ROUNDS, sched_yield());
    const long turns = other.turns, expected = (BLOCKS + 1) * SWITCH_ROUNDS;
    other.stop = 1;
    pthread_join(thread, NULL);
    return labs(turns - expected) <= expected / 50 ? round / 2 : -1.0;
}

struct ping_pong {
    sem_t ping, pong;
    volatile int stop;
};

static inline void* answer_semaphore(void* argument) {
    struct ping_pong* const game = argument;
    while (!game->stop) {
        sem_wait(&game->ping);
        sem_post(&game->pong);
    }
    return NULL;
}

/* Ticks per switch between a thread on core 0 and one on `core` that wake each other and wait. */
static inline double semaphore_switch_ticks(int core) {
    struct ping_pong game = {.stop = 0};
    sem_init(&game.ping, 0, 0);
    sem_init(&game.pong, 0, 0);
    stay_on_core(0);
    const pthread_t thread = start_on_core(core, answer_semaphore, &game);
    const double round = MEASURE(SWITCH_ROUNDS, (sem_post(&game.ping), sem_wait(&game.pong)));
    game.stop = 1;
    sem_post(&game.ping);
    pthread_join(thread, NULL);
    return round / 2;
}

#endif
