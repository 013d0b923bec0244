/* What the basic operations cost beside more and more that has nothing to do with them: the other
 * cores of the machine, which are halted, and threads that are blocked, half of them with a
 * time-out far away.
 *
 * growth [--blocked NUMBER]
 *
 * NUMBER of blocked threads, spread over all cores; 10 unless told. The names of the rows do not
 * contain it, so that the outputs of several runs can be laid side by side.
 */
#define _GNU_SOURCE 1
#include "cores.h"
#include "first_write.h"
#include "measure.h"
#include "options.h"
#include "report.h"
#include "switches.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>

#define ROUNDS 1000
#define MOST_BLOCKED 100000
#define FAR_SECONDS 100000
#define WAKE_UPS 51

static struct timespec far_away(void) {
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += FAR_SECONDS;
    return limit;
}

/* The threads that are only there. */
struct crowd {
    sem_t ready, release;
    pthread_t* threads;
    long count;
};

static struct crowd crowd;

static void* block(void* with_limit) {
    const struct timespec limit = far_away();
    sem_post(&crowd.ready);
    if (with_limit == NULL) {
        sem_wait(&crowd.release);
    } else if (sem_timedwait(&crowd.release, &limit) != 0) {
        fail("a thread has not slept: %s", strerror(errno));
    }
    return NULL;
}

static void block_threads(long count) {
    const int cores = core_count();
    pthread_attr_t attributes;
    crowd.threads = calloc((size_t)count, sizeof(*crowd.threads));
    sem_init(&crowd.ready, 0, 0);
    sem_init(&crowd.release, 0, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(
        &attributes, (size_t)PTHREAD_STACK_MIN < 65536 ? 65536 : (size_t)PTHREAD_STACK_MIN);
    for (crowd.count = 0; crowd.count < count; ++crowd.count) {
        const cpu_set_t core = only_core((int)(crowd.count % cores));
        pthread_attr_setaffinity_np(&attributes, sizeof(core), &core);
        void* const with_limit = crowd.count % 2 == 0 ? &crowd : NULL;
        if (crowd.threads == NULL ||
            pthread_create(&crowd.threads[crowd.count], &attributes, block, with_limit) != 0) {
            fail("only %ld of %ld threads could be created", crowd.count, count);
        }
        sem_wait(&crowd.ready);
    }
    pthread_attr_destroy(&attributes);
    usleep(1000); /* the last one has come to its wait */
}

static void release_threads(void) {
    for (long i = 0; i < crowd.count; ++i) {
        sem_post(&crowd.release);
    }
    for (long i = 0; i < crowd.count; ++i) {
        pthread_join(crowd.threads[i], NULL);
    }
    free(crowd.threads);
}

static void measure_calls(void) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    report_row("getpid", MEASURE(ROUNDS, getpid()), "ticks");
    report_row("sched_yield, alone", MEASURE(ROUNDS, sched_yield()), "ticks");
    report_row("mutex lock + unlock",
               MEASURE(ROUNDS, (pthread_mutex_lock(&mutex), pthread_mutex_unlock(&mutex))),
               "ticks");
}

/* Two threads of one core that take turns. The second semaphore game starts and stops a timer. */
static void* answer_with_limit(void* argument) {
    struct ping_pong* const game = argument;
    const struct timespec limit = far_away();
    while (!game->stop) {
        sem_timedwait(&game->ping, &limit);
        sem_post(&game->pong);
    }
    return NULL;
}

static double limited_switch_ticks(void) {
    struct ping_pong game = {.stop = 0};
    const struct timespec limit = far_away();
    sem_init(&game.ping, 0, 0);
    sem_init(&game.pong, 0, 0);
    const pthread_t thread = start_on_core(0, answer_with_limit, &game);
    const double round = MEASURE(ROUNDS, (sem_post(&game.ping), sem_timedwait(&game.pong, &limit)));
    game.stop = 1;
    sem_post(&game.ping);
    pthread_join(thread, NULL);
    return round / 2;
}

static void measure_switches(void) {
    const double yield = yield_switch_ticks();
    if (yield < 0) {
        report_skipped("sched_yield between two threads", "they do not take turns");
    } else {
        report_row("sched_yield between two threads", yield, "ticks");
    }
    report_row("semaphore ping-pong", semaphore_switch_ticks(0), "ticks");
    report_row("semaphore ping-pong with time-outs", limited_switch_ticks(), "ticks");
}

/* What it costs to wake a thread that sleeps on the last core. */
struct sleeper {
    sem_t go;
    atomic_int awake;
};

static void* sleep_often(void* argument) {
    struct sleeper* const sleeper = argument;
    for (int i = 0; i < WAKE_UPS; ++i) {
        sem_wait(&sleeper->go);
        atomic_store(&sleeper->awake, 1);
    }
    return NULL;
}

static void measure_wake_up(void) {
    const char* const name = "wake-up of another core, for the waker";
    static struct sleeper sleeper;
    static double cost[WAKE_UPS];
    if (core_count() < 2) {
        report_skipped(name, "there is one core only");
        return;
    }
    sem_init(&sleeper.go, 0, 0);
    const pthread_t thread = start_on_core(core_count() - 1, sleep_often, &sleeper);
    for (int i = 0; i < WAKE_UPS; ++i) {
        usleep(100); /* it sleeps again */
        cost[i] = TICKS_PER_ROUND(1, sem_post(&sleeper.go));
        while (!atomic_load(&sleeper.awake)) {
            sched_yield();
        }
        atomic_store(&sleeper.awake, 0);
    }
    pthread_join(thread, NULL);
    report_row(name, median(cost, WAKE_UPS) - empty_loop_ticks(1), "ticks");
}

static void measure_memory(void) {
    void* volatile block;
    void* volatile kept[2] = {malloc(64), malloc(4096)};
    report_row("malloc + free, 64 B", MEASURE(ROUNDS, free(block = malloc(64))), "ticks");
    report_row("malloc + free, 4 KiB", MEASURE(ROUNDS, free(block = malloc(4096))), "ticks");
    free(kept[0]);
    free(kept[1]);
    const struct first_write large = measure_first_write(PAGE_2M, 64l << 20);
    report_row("first write to a page of 2 MiB, without clearing",
               large.ticks - clearings_per_page(large.page) * clearing_ticks(large.page, 16),
               "ticks");
    report_row("mmap + munmap, 64 KiB",
               MEASURE(200, munmap(mmap(NULL, 65536, PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                                   65536)),
               "ticks");
}

int main(int argc, char** argv) {
    long blocked = 10;
    const struct option options[] = {{"--blocked", &blocked, 1, MOST_BLOCKED}, {0}};
    read_options(argc, argv, options, "growth [--blocked NUMBER]");
    stay_on_core(0);
    block_threads(blocked);
    measure_calls();
    measure_switches();
    measure_wake_up();
    report_row("thread create + join", create_join_ticks(), "ticks");
    measure_memory();
    release_threads();
    return 0;
}
