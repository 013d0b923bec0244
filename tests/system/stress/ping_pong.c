// Pairs of threads on different cores hand a word to and fro by futex: plain stores and wake-ups.
// One that is lost leaves its pair, and the program, waiting.
#define _GNU_SOURCE
#include "stress.h"

#include <stdatomic.h>
#include <sys/syscall.h>

enum { kMaxPairs = 4, kWait = 0, kWake = 1 };

static struct Stress stress;

struct Pair {
    _Alignas(64) atomic_int turn;
    int cores[2];
};

struct Player {
    struct Pair* pair;
    int side;
    struct Random random;
};

static void* play(void* argument) {
    struct Player* player = argument;
    struct Pair* pair = player->pair;
    const int me = player->side;
    stay_on(pair->cores[me]);
    for (int round = 0; round < stress.rounds; ++round) {
        while (atomic_load_explicit(&pair->turn, memory_order_acquire) != me) {
            syscall(SYS_futex, &pair->turn, kWait, !me, NULL, NULL, 0);
        }
        if (random_below(&player->random, 8) == 0) {
            spin(random_below(&player->random, 200)); // the other may be halted by now, or not yet
        }
        atomic_store_explicit(&pair->turn, !me, memory_order_release);
        syscall(SYS_futex, &pair->turn, kWake, 1, NULL, NULL, 0);
    }
    return NULL;
}

int main(int argc, char** argv) {
    static struct Pair pairs[kMaxPairs];
    static struct Player players[2 * kMaxPairs];
    pthread_t threads[2 * kMaxPairs];
    stress = stress_arguments(argc, argv);
    const int half = (stress.cores + 1) / 2;
    const int count = half < kMaxPairs ? half : kMaxPairs;
    stress.rounds /= count; // so many together
    for (int i = 0; i < 2 * count; ++i) {
        struct Pair* pair = &pairs[i / 2];
        pair->cores[i % 2] = (i / 2 + i % 2 * half) % stress.cores;
        players[i] = (struct Player){pair, i % 2, random_for(stress.seed, i)};
    }
    for (int i = 0; i < 2 * count; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, play, &players[i]), 0);
    }
    for (int i = 0; i < 2 * count; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    puts("ok");
    return 0;
}
