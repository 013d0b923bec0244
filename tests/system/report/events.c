/* Makes events of one kind, or of all, which the report has to account for.
 *
 * events KIND [COUNT]
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define SMALL_PAGE 4096
#define LARGE_PAGE (2L << 20)
#define MOST_THREADS 64

static volatile int* volatile nowhere = NULL;

static void fail(const char* what) {
    perror(what);
    exit(1);
}

/* Timer interrupts and halts. */
static void sleep_often(int count) {
    for (int i = 0; i < count; ++i) {
        const struct timespec moment = {0, 200000};
        nanosleep(&moment, NULL);
    }
}

static sem_t ping, pong;

static void* answer(void* count) {
    for (int i = 0; i < *(int*)count; ++i) {
        sem_wait(&ping);
        sem_post(&pong);
    }
    return NULL;
}

/* Wake-ups: on another core if there is one, else switches. */
static void wake_often(int count) {
    pthread_t thread;
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    if (pthread_create(&thread, NULL, answer, &count) != 0) {
        fail("pthread_create");
    }
    for (int i = 0; i < count; ++i) {
        sem_post(&ping);
        sem_wait(&pong);
    }
    pthread_join(thread, NULL);
}

static char* map(size_t bytes) {
    char* const memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        fail("mmap");
    }
    return memory;
}

/* First touches of `count` pages of 2 MiB. */
static void touch_large(int count) {
    char* const memory = map((count + 1) * LARGE_PAGE);
    char* const aligned = memory + (-(size_t)memory & (LARGE_PAGE - 1));
    for (int i = 0; i < count; ++i) {
        aligned[i * LARGE_PAGE] = 1;
    }
}

/* First touches of `count` pages of 4 KiB: in mappings that hold no page of 2 MiB. */
static void touch_small(int count) {
    for (int i = 0; i < count; ++i) {
        *map(SMALL_PAGE) = 1;
    }
}

static volatile int stop;

static void* spin(void* unused) {
    while (!stop) {
    }
    return unused;
}

/* One thread more that spins for each core but this one. */
static int start_spinning(pthread_t* threads, int most) {
    stop = 0;
    const int count = (int)sysconf(_SC_NPROCESSORS_ONLN) - 1;
    for (int i = 0; i < count && i < most; ++i) {
        if (pthread_create(&threads[i], NULL, spin, NULL) != 0) {
            fail("pthread_create");
        }
    }
    return count;
}

/* Unmappings, which all cores that do something have to hear of. */
static void unmap_often(int count) {
    pthread_t threads[MOST_THREADS];
    const int spinning = start_spinning(threads, MOST_THREADS);
    const struct timespec moment = {0, 50000000};
    nanosleep(&moment, NULL);
    for (int i = 0; i < count; ++i) {
        char* const memory = map(SMALL_PAGE);
        *memory = 1;
        munmap(memory, SMALL_PAGE);
    }
    stop = 1;
    for (int i = 0; i < spinning; ++i) {
        pthread_join(threads[i], NULL);
    }
}

/* Two threads that share a core take turns: slices end, tasks are preempted. */
static void share_core(int slices) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_t threads[MOST_THREADS];
    stop = 0;
    for (long i = 0; i < cores; ++i) {
        if (pthread_create(&threads[i], NULL, spin, NULL) != 0) {
            fail("pthread_create");
        }
    }
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 <
             slices * 10);
    stop = 1;
    for (long i = 0; i < cores; ++i) {
        pthread_join(threads[i], NULL);
    }
}

static void* run_forever(void* unused) {
    for (;;) {
        sched_yield();
    }
    return unused;
}

/* Ends while all other cores are busy. */
static void leave_threads(int unused) {
    (void)unused;
    pthread_t thread;
    for (long i = 1; i < sysconf(_SC_NPROCESSORS_ONLN); ++i) {
        pthread_create(&thread, NULL, run_forever, NULL);
    }
    const struct timespec moment = {0, 20000000};
    nanosleep(&moment, NULL);
}

static const struct {
    const char* name;
    void (*make)(int count);
} kinds[] = {{"sleep", sleep_often}, {"wake", wake_often},   {"large", touch_large},
             {"small", touch_small}, {"unmap", unmap_often}, {"share", share_core},
             {"busy", leave_threads}};

int main(int argc, char** argv) {
    const char* const wanted = argc > 1 ? argv[1] : "none";
    const int count = argc > 2 ? atoi(argv[2]) : 20;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); ++i) {
        if (strcmp(wanted, "all") == 0 || strcmp(wanted, kinds[i].name) == 0) {
            kinds[i].make(count);
        }
    }
    if (strcmp(wanted, "crash") == 0) {
        *nowhere = 1;
    }
    if (strcmp(wanted, "hang") == 0) {
        for (;;) {
        }
    }
    return 7;
}
