// Threads of different priorities on the same cores share mutexes, a condition variable and a
// semaphore, and change each other's priority meanwhile. The least important often holds what the
// most important waits for, while another keeps the processor from it. Each wait has to end all the
// same: whoever competes does so for a bounded time.
#define _GNU_SOURCE
#include "stress.h"

#include <semaphore.h>
#include <stdatomic.h>

enum { kMaxThreads = 24, kMutexes = 3, kLowest = 1, kHighest = 20 };

static struct Stress stress;
static int count;
static pthread_t threads[kMaxThreads];
static pthread_barrier_t all_there;

static pthread_mutex_t mutexes[kMutexes] = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                                            PTHREAD_MUTEX_INITIALIZER};
static int entered[kMutexes]; // under the mutex of the same number
static atomic_int entries[kMutexes];

static pthread_mutex_t ring_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ring_changed = PTHREAD_COND_INITIALIZER;
static int ring; // whose turn it is

static sem_t permits;
static atomic_int inside;

static void use_mutex(struct Random* random) {
    const int which = random_below(random, kMutexes);
    pthread_mutex_lock(&mutexes[which]);
    ++entered[which];
    spin(random_below(random, 2000));
    pthread_mutex_unlock(&mutexes[which]);
    atomic_fetch_add(&entries[which], 1);
}

static void use_permit(struct Random* random) {
    CHECK_EQUAL(sem_wait(&permits), 0);
    CHECK(atomic_fetch_add(&inside, 1) < 2);
    spin(random_below(random, 2000));
    atomic_fetch_sub(&inside, 1);
    CHECK_EQUAL(sem_post(&permits), 0);
}

static void change_priority(pthread_t thread, struct Random* random) {
    const struct sched_param parameters = {
        .sched_priority = kLowest + random_below(random, kHighest - kLowest + 1)};
    CHECK_EQUAL(pthread_setschedparam(thread, SCHED_FIFO, &parameters), 0);
}

// Once each, in turn: nobody can be overtaken for ever.
static void take_turn(int me) {
    pthread_mutex_lock(&ring_mutex);
    while (ring != me) {
        pthread_cond_wait(&ring_changed, &ring_mutex);
    }
    ring = (ring + 1) % count;
    pthread_cond_broadcast(&ring_changed);
    pthread_mutex_unlock(&ring_mutex);
}

static void* compete(void* argument) {
    const int me = (int)(intptr_t)argument;
    struct Random random = random_for(stress.seed, me);
    stay_on(me % stress.cores);
    change_priority(pthread_self(), &random);
    pthread_barrier_wait(&all_there);
    for (int round = 0; round < stress.rounds; ++round) {
        switch (random_below(&random, 4)) {
        case 0:
            use_permit(&random);
            break;
        case 1:
            change_priority(threads[random_below(&random, count)], &random);
            break;
        default:
            use_mutex(&random);
        }
        if (round % 4 == 0) {
            take_turn(me);
        }
    }
    pthread_barrier_wait(&all_there); // as long as others may change their priority they are there
    return NULL;
}

int main(int argc, char** argv) {
    stress = stress_arguments(argc, argv);
    count = 3 * stress.cores < kMaxThreads ? 3 * stress.cores : kMaxThreads;
    stress.rounds = (stress.rounds + count - 1) / count;
    sem_init(&permits, 0, 2);
    pthread_barrier_init(&all_there, NULL, (unsigned)count);
    for (int i = 0; i < count; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, compete, (void*)(intptr_t)i), 0);
    }
    for (int i = 0; i < count; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    for (int i = 0; i < kMutexes; ++i) {
        CHECK_EQUAL(entered[i], atomic_load(&entries[i]));
    }
    CHECK_EQUAL(atomic_load(&inside), 0);
    puts("ok");
    return 0;
}
