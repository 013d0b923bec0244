/* What the first touch of a page costs when 1, 2, 4, … threads, each on a core of its own, touch
 * pages at once: each its own part of one mapping.
 *
 * A row is the time from the first touch to the last one, divided by the touches of all threads
 * together. In time it falls as threads are added, as long as the host has processors for them.
 * With hermit-run --icount it counts the instructions of all cores and stays what it is, unless
 * they wait for each other.
 *
 * first_touches [--pages NUMBER] [--threads NUMBER]
 *
 * --pages: how many all threads touch together, in each of ten blocks; 4096 unless told.
 * --threads: only so many, instead of 1, 2, 4, … up to the number of cores.
 */
#define _GNU_SOURCE 1
#include "cores.h"
#include "first_write.h"
#include "measure.h"
#include "options.h"
#include "report.h"

#define MOST_THREADS 256
#define NAME_SIZE 64

struct game {
    pthread_barrier_t begin, end;
    char* volatile memory; /* NULL: it is over */
    long page;             /* bytes from one touch to the next */
    long each;             /* touches of a thread */
};

struct player {
    struct game* game;
    pthread_t thread;
    int number;
    uint64_t first, last; /* when it began and ended */
};

static void touch(struct player* player) {
    const struct game* const game = player->game;
    volatile char* place = game->memory + player->number * game->each * game->page;
    player->first = ticks();
    for (long i = 0; i < game->each; ++i, place += game->page) {
        *place = 1;
    }
    player->last = ticks();
}

static void* play(void* argument) {
    struct player* const player = argument;
    for (;;) {
        pthread_barrier_wait(&player->game->begin);
        if (player->game->memory == NULL) {
            return NULL;
        }
        touch(player);
        pthread_barrier_wait(&player->game->end);
    }
}

/* Ticks per touch, of one block. */
static double touch_ticks(struct game* game, struct player* players, int threads, int advice) {
    const size_t bytes = (size_t)(game->page * game->each * threads);
    game->memory = map_memory(bytes);
    if (madvise(game->memory, bytes, advice) != 0) {
        fail("madvise: no pages of %ld KiB", game->page / 1024);
    }
    pthread_barrier_wait(&game->begin);
    touch(&players[0]);
    pthread_barrier_wait(&game->end);
    uint64_t first = players[0].first, last = players[0].last;
    for (int i = 1; i < threads; ++i) {
        first = players[i].first < first ? players[i].first : first;
        last = players[i].last > last ? players[i].last : last;
    }
    munmap(game->memory, bytes);
    return (double)(last - first) / (double)(game->each * threads);
}

static void measure(const char* what, long page, int advice, int threads, long pages) {
    static struct player players[MOST_THREADS];
    struct game game = {.page = page, .each = pages / threads};
    double blocks[BLOCKS];
    pthread_barrier_init(&game.begin, NULL, (unsigned)threads);
    pthread_barrier_init(&game.end, NULL, (unsigned)threads);
    for (int i = 0; i < threads; ++i) {
        players[i] = (struct player){.game = &game, .number = i};
        if (i > 0) {
            players[i].thread = start_on_core(i, play, &players[i]);
        }
    }
    for (int block = -1; block < BLOCKS; ++block) {
        const double each = touch_ticks(&game, players, threads, advice);
        if (block >= 0) {
            blocks[block] = each;
        }
    }
    game.memory = NULL;
    pthread_barrier_wait(&game.begin);
    for (int i = 1; i < threads; ++i) {
        pthread_join(players[i].thread, NULL);
    }
    pthread_barrier_destroy(&game.begin);
    pthread_barrier_destroy(&game.end);
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "first touch of %s, %d thread%s", what, threads,
             threads > 1 ? "s" : "");
    report_row(name, median(blocks, BLOCKS), "ticks");
}

int main(int argc, char** argv) {
    long pages = 4096, only = 0;
    const struct option options[] = {
        {"--pages", &pages, MOST_THREADS, 1 << 20}, {"--threads", &only, 1, MOST_THREADS}, {0}};
    read_options(argc, argv, options, "first_touches [--pages NUMBER] [--threads NUMBER]");
    const int cores = core_count() < MOST_THREADS ? core_count() : MOST_THREADS;
    if (only > cores) {
        fail("there are %d cores for %ld threads", cores, only);
    }
    stay_on_core(0);
    for (int threads = only > 0 ? (int)only : 1; threads <= (only > 0 ? only : cores);
         threads *= 2) {
        measure("4 KiB", PAGE_4K, MADV_NOHUGEPAGE, threads, pages);
    }
    return 0;
}
