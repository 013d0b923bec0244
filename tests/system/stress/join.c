// Threads that end while others join or detach them, from all cores at once: none is lost, none is
// waited for in vain, each result and each key's destructor comes once.
#define _GNU_SOURCE
#include "stress.h"

#include <stdatomic.h>

enum { kMaxCreators = 16, kBatch = 6 };

static struct Stress stress;
static pthread_key_t key;
static atomic_int begun, ended;
static pthread_barrier_t all_there;

// The last that a thread does of its own.
static void end(void* value) {
    CHECK(value != NULL);
    atomic_fetch_add(&ended, 1);
}

struct Life {
    struct Random random;
    intptr_t result;
};

static void pass_time(struct Random* random) {
    switch (random_below(random, 4)) {
    case 0:
        spin(random_below(random, 3000));
        break;
    case 1:
        sched_yield();
        break;
    case 2: {
        const struct timespec moment = {0, random_below(random, 30000)};
        nanosleep(&moment, NULL);
        break;
    }
    default:
        break;
    }
}

static void* live(void* argument) {
    struct Life life = *(struct Life*)argument;
    free(argument);
    CHECK_EQUAL(pthread_setspecific(key, &key), 0);
    atomic_fetch_add(&begun, 1);
    pass_time(&life.random);
    if (random_below(&life.random, 2) == 0) {
        pthread_exit((void*)life.result);
    }
    return (void*)life.result;
}

static void* create_often(void* argument) {
    const int me = (int)(intptr_t)argument;
    struct Random random = random_for(stress.seed, me);
    pthread_barrier_wait(&all_there);
    for (int round = 0; round < stress.rounds; ++round) {
        pthread_t threads[kBatch];
        const intptr_t first = (me * stress.rounds + round) * kBatch;
        for (int i = 0; i < kBatch; ++i) {
            struct Life* life = malloc(sizeof(*life));
            CHECK(life != NULL);
            *life = (struct Life){random_for(random_next(&random), i), first + i};
            CHECK_EQUAL(pthread_create(&threads[i], NULL, live, life), 0);
        }
        for (int i = kBatch - 1; i >= 0; --i) { // the younger first, or all would be over
            pass_time(&random);
            if (random_below(&random, 3) == 0) {
                CHECK_EQUAL(pthread_detach(threads[i]), 0);
            } else {
                void* result = NULL;
                CHECK_EQUAL(pthread_join(threads[i], &result), 0);
                CHECK_EQUAL((intptr_t)result, first + i);
            }
        }
    }
    return NULL;
}

int main(int argc, char** argv) {
    pthread_t threads[kMaxCreators];
    stress = stress_arguments(argc, argv);
    const int creators = stress.cores < kMaxCreators ? stress.cores : kMaxCreators;
    stress.rounds = (stress.rounds + creators * kBatch - 1) / (creators * kBatch);
    CHECK_EQUAL(pthread_key_create(&key, end), 0);
    pthread_barrier_init(&all_there, NULL, (unsigned)creators);
    for (int i = 0; i < creators; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, create_often, (void*)(intptr_t)i), 0);
    }
    for (int i = 0; i < creators; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    const int all = creators * stress.rounds * kBatch;
    while (atomic_load(&ended) < all) {
        sched_yield(); // the detached ones
    }
    usleep(10000);
    CHECK_EQUAL(atomic_load(&begun), all);
    CHECK_EQUAL(atomic_load(&ended), all);
    puts("ok");
    return 0;
}
