// Pairs of threads wake each other in turn, on the same core and across cores, with as many pairs
// as cores. A wake-up lost anywhere, at an idle core above all, leaves a pair hanging.
#include "../libc/check.h"

#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

enum { kRounds = 20000, kMaxPairs = 8 };

struct Pair {
    sem_t ping, pong;
    unsigned rounds;
};

static void* answer(void* argument) {
    struct Pair* pair = argument;
    for (unsigned round = 0; round < pair->rounds; ++round) {
        CHECK_EQUAL(sem_wait(&pair->ping), 0);
        CHECK_EQUAL(sem_post(&pair->pong), 0);
    }
    return NULL;
}

static void* ask(void* argument) {
    struct Pair* pair = argument;
    for (unsigned round = 0; round < pair->rounds; ++round) {
        CHECK_EQUAL(sem_post(&pair->ping), 0);
        CHECK_EQUAL(sem_wait(&pair->pong), 0);
    }
    return NULL;
}

static void play(unsigned pairs, unsigned rounds) {
    static struct Pair pair[kMaxPairs];
    pthread_t threads[2 * kMaxPairs];
    for (unsigned i = 0; i < pairs; ++i) {
        sem_init(&pair[i].ping, 0, 0);
        sem_init(&pair[i].pong, 0, 0);
        pair[i].rounds = rounds;
        CHECK_EQUAL(pthread_create(&threads[2 * i], NULL, answer, &pair[i]), 0);
        CHECK_EQUAL(pthread_create(&threads[2 * i + 1], NULL, ask, &pair[i]), 0);
    }
    for (unsigned i = 0; i < 2 * pairs; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    for (unsigned i = 0; i < pairs; ++i) {
        int value = -1;
        sem_getvalue(&pair[i].ping, &value);
        CHECK_EQUAL(value, 0);
        sem_getvalue(&pair[i].pong, &value);
        CHECK_EQUAL(value, 0);
    }
}

int main(void) {
    const unsigned cores = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    play(1, kRounds);
    play(cores < kMaxPairs ? cores : kMaxPairs, kRounds / cores);
    puts("ok");
    return 0;
}
