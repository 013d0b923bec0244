// Wake-ups that come just when some of the waiters time out: a wake-up that says it has woken so
// many has woken so many, and none of those that timed out. One waiter has no limit: if a wake-up
// were used up by another that gives up at that moment, it would wait for ever.
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>

enum { kMaxWaiters = 8, kLongestNs = 60000, kWait = 0, kWake = 1 };

static struct Stress stress;
static int waiters;
static pthread_barrier_t begin, end;
static atomic_int word; // the number of the round
static atomic_int woken, timed_out;

static void wait_once(struct Random* random, int round, int limited) {
    const struct timespec limit = {0, random_below(random, kLongestNs)};
    const long result = syscall(SYS_futex, &word, kWait, round, limited ? &limit : NULL, NULL, 0);
    if (result == 0) {
        atomic_fetch_add(&woken, 1);
    } else if (errno == ETIMEDOUT) {
        CHECK(limited);
        atomic_fetch_add(&timed_out, 1);
    } else {
        CHECK_EQUAL(errno, EAGAIN);
    }
}

static void* wait_often(void* argument) {
    const int me = (int)(intptr_t)argument;
    struct Random random = random_for(stress.seed, me);
    stay_on(me % stress.cores);
    for (int round = 0; round < stress.rounds; ++round) {
        pthread_barrier_wait(&begin);
        wait_once(&random, round, me != 0);
        pthread_barrier_wait(&end);
    }
    return NULL;
}

// Wakes until it has woken someone, then sees that exactly those have returned.
static void wake_some(struct Random* random) {
    int claimed = 0;
    spin(random_below(random, 20000));
    do {
        const int most = 1 + random_below(random, 2);
        const long count = syscall(SYS_futex, &word, kWake, most, NULL, NULL, 0);
        CHECK(count >= 0 && count <= most);
        claimed += (int)count;
        spin(random_below(random, 200));
    } while (claimed == 0);
    while (atomic_load(&woken) < claimed) {
        sched_yield();
    }
    CHECK_EQUAL(atomic_load(&woken), claimed);
}

int main(int argc, char** argv) {
    pthread_t threads[kMaxWaiters];
    stress = stress_arguments(argc, argv);
    waiters = stress.cores + 1 < kMaxWaiters ? stress.cores + 1 : kMaxWaiters;
    struct Random random = random_for(stress.seed, 1000);
    pthread_barrier_init(&begin, NULL, (unsigned)waiters + 1);
    pthread_barrier_init(&end, NULL, (unsigned)waiters + 1);
    for (int i = 0; i < waiters; ++i) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, wait_often, (void*)(intptr_t)i), 0);
    }
    int all_timed_out = 0;
    for (int round = 0; round < stress.rounds; ++round) {
        atomic_store(&woken, 0);
        atomic_store(&timed_out, 0);
        pthread_barrier_wait(&begin);
        wake_some(&random);
        atomic_store(&word, round + 1);
        syscall(SYS_futex, &word, kWake, waiters, NULL, NULL, 0);
        pthread_barrier_wait(&end);
        all_timed_out += atomic_load(&timed_out);
    }
    for (int i = 0; i < waiters; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    CHECK(all_timed_out > 0); // or there was no race
    puts("ok");
    return 0;
}
