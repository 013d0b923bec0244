// Waits with time limits that end just when the wake-up comes, on semaphores, condition variables
// and mutexes. Whatever was given must have been taken or still be there.
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>

enum { kMaxWaiters = 16, kGivers = 2, kLongestNs = 60000 };

static struct Stress stress;
static atomic_int waiting_threads;

static sem_t semaphore;
static atomic_int posted, taken;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int tokens, tokens_given, tokens_taken; // under the mutex

static pthread_mutex_t contended = PTHREAD_MUTEX_INITIALIZER;
static int entered; // under `contended`
static atomic_int locked;

static void take(const struct timespec* limit) {
    if (sem_timedwait(&semaphore, limit) == 0) {
        atomic_fetch_add(&taken, 1);
    } else {
        CHECK_EQUAL(errno, ETIMEDOUT);
    }
}

static void take_token(const struct timespec* limit) {
    pthread_mutex_lock(&mutex);
    int error = 0;
    while (tokens == 0 && error == 0) {
        error = pthread_cond_timedwait(&condition, &mutex, limit);
    }
    CHECK(error == 0 || error == ETIMEDOUT);
    if (tokens > 0) {
        --tokens;
        ++tokens_taken;
    }
    pthread_mutex_unlock(&mutex);
}

static void enter(struct Random* random, const struct timespec* limit) {
    const int error = pthread_mutex_timedlock(&contended, limit);
    CHECK(error == 0 || error == ETIMEDOUT);
    if (error == 0) {
        atomic_fetch_add(&locked, 1);
        ++entered;
        spin(random_below(random, 500));
        pthread_mutex_unlock(&contended);
    }
}

static void* wait_often(void* argument) {
    struct Random random = random_for(stress.seed, (int)(intptr_t)argument);
    stay_on((int)(intptr_t)argument % stress.cores);
    for (int round = 0; round < stress.rounds; ++round) {
        // Now and then a time that is over already.
        const long span = random_below(&random, kLongestNs) - kLongestNs / 16;
        const struct timespec limit = in_nanoseconds(CLOCK_REALTIME, span < 0 ? 0 : span);
        switch (random_below(&random, 3)) {
        case 0:
            take(&limit);
            break;
        case 1:
            take_token(&limit);
            break;
        default:
            enter(&random, &limit);
        }
    }
    atomic_fetch_sub(&waiting_threads, 1);
    return NULL;
}

static void* give_often(void* argument) {
    struct Random random = random_for(stress.seed, 1000 + (int)(intptr_t)argument);
    while (atomic_load(&waiting_threads) > 0) {
        switch (random_below(&random, 4)) {
        case 0:
            atomic_fetch_add(&posted, 1);
            CHECK_EQUAL(sem_post(&semaphore), 0);
            break;
        case 1: {
            pthread_mutex_lock(&mutex);
            const int all = random_below(&random, 4) == 0;
            const int more = all ? 3 : 1;
            tokens += more;
            tokens_given += more;
            pthread_mutex_unlock(&mutex);
            (all ? pthread_cond_broadcast : pthread_cond_signal)(&condition);
            break;
        }
        case 2: {
            const struct timespec moment = {0, random_below(&random, kLongestNs)};
            nanosleep(&moment, NULL);
            break;
        }
        default:
            spin(random_below(&random, 5000));
        }
    }
    return NULL;
}

int main(int argc, char** argv) {
    pthread_t threads[kMaxWaiters + kGivers];
    stress = stress_arguments(argc, argv);
    const int waiters = 2 * stress.cores < kMaxWaiters ? 2 * stress.cores : kMaxWaiters;
    stress.rounds /= waiters;
    sem_init(&semaphore, 0, 0);
    atomic_store(&waiting_threads, waiters);
    for (int i = 0; i < waiters + kGivers; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, i < waiters ? wait_often : give_often,
                                   (void*)(intptr_t)i),
                    0);
    }
    for (int i = 0; i < waiters + kGivers; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    int left = -1;
    sem_getvalue(&semaphore, &left);
    CHECK_EQUAL(atomic_load(&taken) + left, atomic_load(&posted));
    CHECK_EQUAL(tokens_taken + tokens, tokens_given);
    CHECK_EQUAL(entered, atomic_load(&locked));
    puts("ok");
    return 0;
}
