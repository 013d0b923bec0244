/* What threads cost: creation, switches by yielding and by waiting, mutexes, wake-ups on another
 * core; and whether that depends on how many other threads are there, blocked on the same core.
 *
 * threads [--blocked NUMBER]
 *
 * NUMBER of blocked threads for the last of these rows, 1000 unless told.
 */
#define _GNU_SOURCE 1
#include "cores.h"
#include "measure.h"
#include "options.h"
#include "report.h"
#include "switches.h"

#include <limits.h>
#include <stdatomic.h>

#define ROUNDS 1000
#define COUNTER_LIMIT 10000
#define MOST_COUNTING 100
#define WAKE_UPS 51
#define MOST_BLOCKED 100000
#define NAME_SIZE 96

static void report_or_skip(const char* name, double ticks_each, const char* reason) {
    if (ticks_each < 0) {
        report_skipped(name, reason);
    } else {
        report_row(name, ticks_each, "ticks");
    }
}

/* What the name of a row measured beside blocked threads ends with. */
static const char* others(long blocked) {
    static char text[32];
    snprintf(text, sizeof(text), ", %d blocked", (int)blocked);
    return blocked > 0 ? text : "";
}

/* Rows that must not depend on the number of `blocked` other threads. */
static void measure_one_core(long blocked) {
    char name[NAME_SIZE];
    stay_on_core(0);
    pthread_t thread;
    snprintf(name, sizeof(name), "thread create + join%s", others(blocked));
    report_row(
        name,
        MEASURE(50, (pthread_create(&thread, NULL, nothing, NULL), pthread_join(thread, NULL))),
        "ticks");
    snprintf(name, sizeof(name), "sched_yield, alone%s", others(blocked));
    report_row(name, MEASURE(ROUNDS, sched_yield()), "ticks");
    snprintf(name, sizeof(name), "sched_yield between two threads%s", others(blocked));
    report_or_skip(name, yield_switch_ticks(), "they do not take turns");
    snprintf(name, sizeof(name), "semaphore ping-pong, one core%s", others(blocked));
    report_row(name, semaphore_switch_ticks(0), "ticks");
}

/* A thread on core 1 that has been asleep for a while is woken from core 0. */
struct wake_up {
    sem_t go;
    _Atomic uint64_t woken; /* when the sleeper ran; 0: it sleeps */
};

static void* sleep_and_note(void* argument) {
    struct wake_up* const wake_up = argument;
    for (int i = 0; i < WAKE_UPS; ++i) {
        sem_wait(&wake_up->go);
        atomic_store(&wake_up->woken, ticks());
    }
    return NULL;
}

static void measure_wake_up(long blocked) {
    static struct wake_up wake_up;
    static double latency[WAKE_UPS], cost[WAKE_UPS];
    sem_init(&wake_up.go, 0, 0);
    const uint64_t nap = (uint64_t)(ticks_per_second() * 200e-6);
    stay_on_core(0);
    const pthread_t thread = start_on_core(1, sleep_and_note, &wake_up);
    for (int i = 0; i < WAKE_UPS; ++i) {
        for (const uint64_t start = ticks(); ticks() - start < nap;) {
        }
        const uint64_t start = ticks();
        sem_post(&wake_up.go);
        const uint64_t posted = ticks();
        uint64_t woken;
        while ((woken = atomic_load(&wake_up.woken)) == 0) {
        }
        atomic_store(&wake_up.woken, 0);
        latency[i] = (double)(int64_t)(woken - start);
        cost[i] = (double)(posted - start);
    }
    pthread_join(thread, NULL);
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "wake-up across cores%s", others(blocked));
    report_row(name, median(latency, WAKE_UPS), "ticks");
    snprintf(name, sizeof(name), "wake-up across cores, for the waker%s", others(blocked));
    report_row(name, median(cost, WAKE_UPS), "ticks");
}

/* The same beside threads that wait for a semaphore, on the cores that are used in turn. */
static sem_t release;

static void* block(void* ready) {
    sem_post(ready);
    sem_wait(&release);
    return NULL;
}

static void measure_beside_blocked(long blocked) {
    pthread_t* const threads = calloc((size_t)blocked, sizeof(*threads));
    sem_t ready;
    sem_init(&ready, 0, 0);
    sem_init(&release, 0, 0);
    const int cores = core_count() < 2 ? 1 : 2;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(
        &attributes, (size_t)PTHREAD_STACK_MIN < 65536 ? 65536 : (size_t)PTHREAD_STACK_MIN);
    for (long i = 0; i < blocked; ++i) {
        const cpu_set_t core = only_core((int)(i % cores));
        pthread_attr_setaffinity_np(&attributes, sizeof(core), &core);
        if (threads == NULL || pthread_create(&threads[i], &attributes, block, &ready) != 0) {
            fail("only %ld of %ld threads could be created", i, blocked);
        }
        sem_wait(&ready);
    }
    measure_one_core(blocked);
    if (cores > 1) {
        measure_wake_up(blocked);
    }
    for (long i = 0; i < blocked; ++i) {
        sem_post(&release);
    }
    for (long i = 0; i < blocked; ++i) {
        pthread_join(threads[i], NULL);
    }
    free(threads);
}

/* Two threads that pass a turn to and fro by a mutex and a condition variable. */
enum turn { kMine, kTheirs, kOver };

struct turns {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    enum turn turn;
};

static void* answer_turn(void* argument) {
    struct turns* const game = argument;
    pthread_mutex_lock(&game->mutex);
    while (game->turn != kOver) {
        if (game->turn == kTheirs) {
            game->turn = kMine;
            pthread_cond_signal(&game->changed);
        } else {
            pthread_cond_wait(&game->changed, &game->mutex);
        }
    }
    pthread_mutex_unlock(&game->mutex);
    return NULL;
}

static void pass_turn(struct turns* game) {
    pthread_mutex_lock(&game->mutex);
    game->turn = kTheirs;
    pthread_cond_signal(&game->changed);
    while (game->turn == kTheirs) {
        pthread_cond_wait(&game->changed, &game->mutex);
    }
    pthread_mutex_unlock(&game->mutex);
}

static double condition_switch_ticks(int core) {
    struct turns game = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, kMine};
    stay_on_core(0);
    const pthread_t thread = start_on_core(core, answer_turn, &game);
    const double round = MEASURE(ROUNDS, pass_turn(&game));
    pthread_mutex_lock(&game.mutex);
    game.turn = kOver;
    pthread_cond_signal(&game.changed);
    pthread_mutex_unlock(&game.mutex);
    pthread_join(thread, NULL);
    return round / 2;
}

static void measure_two_cores(void) {
    static const char* const names[] = {"semaphore ping-pong, two cores",
                                        "condition ping-pong, two cores", "wake-up across cores",
                                        "wake-up across cores, for the waker"};
    if (core_count() < 2) {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); ++i) {
            report_skipped(names[i], "there is one core only");
        }
        return;
    }
    report_row(names[0], semaphore_switch_ticks(1), "ticks");
    report_row(names[1], condition_switch_ticks(1), "ticks");
    measure_wake_up(0);
}

/* Several threads count up to a limit together and yield after every fourth step. */
static pthread_mutex_t counter_mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void* count(void* steps) {
    for (;;) {
        pthread_mutex_lock(&counter_mutex);
        if (counter == COUNTER_LIMIT) {
            pthread_mutex_unlock(&counter_mutex);
            return NULL;
        }
        const int fourth = ++counter % 4 == 0;
        pthread_mutex_unlock(&counter_mutex);
        ++*(long*)steps;
        if (fourth) {
            sched_yield();
        }
    }
}

/* Ticks per step, from before the first thread is created until the last has been joined. */
static double counter_ticks(int thread_count) {
    pthread_t threads[MOST_COUNTING];
    long steps[MOST_COUNTING] = {0}, sum = 0;
    counter = 0;
    const uint64_t start = ticks();
    for (int i = 0; i < thread_count; ++i) {
        const int error = pthread_create(&threads[i], NULL, count, &steps[i]);
        if (error != 0) {
            fail("cannot create a thread: %s", strerror(error));
        }
    }
    for (int i = 0; i < thread_count; ++i) {
        pthread_join(threads[i], NULL);
    }
    const uint64_t end = ticks();
    for (int i = 0; i < thread_count; ++i) {
        sum += steps[i];
    }
    if (counter != COUNTER_LIMIT || sum != COUNTER_LIMIT) {
        fail("%d threads counted to %ld and took %ld steps", thread_count, counter, sum);
    }
    return (double)(end - start) / COUNTER_LIMIT;
}

/* The first run, for which the system must find memory for stacks, and the median of others. */
static void measure_counter(int thread_count) {
    double runs[BLOCKS];
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "contended counter, %d threads, first run", thread_count);
    report_row(name, counter_ticks(thread_count), "ticks");
    for (int i = 0; i < BLOCKS; ++i) {
        runs[i] = counter_ticks(thread_count);
    }
    snprintf(name, sizeof(name), "contended counter, %d threads", thread_count);
    report_row(name, median(runs, BLOCKS), "ticks");
}

int main(int argc, char** argv) {
    long blocked = 1000;
    const struct option options[] = {{"--blocked", &blocked, 1, MOST_BLOCKED}, {0}};
    read_options(argc, argv, options, "threads [--blocked NUMBER]");

    measure_counter(2);
    measure_counter(10);
    measure_counter(100);
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    report_row("mutex lock + unlock, uncontended",
               MEASURE(ROUNDS, (pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex))),
               "ticks");
    measure_one_core(0);
    report_row("thread create + join, core chosen",
               MEASURE(50, pthread_join(start_on_core(0, nothing, NULL), NULL)), "ticks");
    report_row("condition ping-pong, one core", condition_switch_ticks(0), "ticks");
    measure_two_cores();
    measure_beside_blocked(10);
    if (blocked != 10) {
        measure_beside_blocked(blocked);
    }
    return 0;
}
