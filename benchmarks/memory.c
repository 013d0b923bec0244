/* What memory costs: malloc and free by size and number of threads, page faults, mappings, and the
 * speed of copying, clearing and reading it.
 *
 * memory [--largest MEBIBYTES] [--stream MEBIBYTES]
 *
 * --largest: the largest mapping that is touched as a whole, 64 unless told, 1024 at most.
 * --stream: the size of each of the three arrays of STREAM's triad, 8 unless told.
 */
#define _GNU_SOURCE 1
#include "first_write.h"
#include "measure.h"
#include "options.h"
#include "report.h"

#include <omp.h>
#include <pthread.h>

#define KIB 1024l
#define MIB (1024l * KIB)
#define NAME_SIZE 64

/* "64 B", "4 KiB", "1 MiB". */
static const char* size_name(long bytes) {
    static const char* const units[] = {"B", "KiB", "MiB", "GiB"};
    static char name[32];
    int unit = 0;
    for (; unit < 3 && bytes >= KIB; ++unit) {
        bytes /= KIB;
    }
    snprintf(name, sizeof(name), "%ld %s", bytes, units[unit]);
    return name;
}

static void report_size(const char* operation, long bytes, const char* suffix, double value,
                        const char* unit) {
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "%s, %s%s", operation, size_name(bytes), suffix);
    report_row(name, value, unit);
}

static double frequency(void) {
    static double ticks_each_second;
    if (ticks_each_second == 0) {
        ticks_each_second = ticks_per_second();
    }
    return ticks_each_second;
}

/* A pair as the only block of its size, and beside three that are kept. */
static void measure_malloc_by_size(void) {
    for (long bytes = 16; bytes <= MIB; bytes *= 4) {
        const size_t size = (size_t)bytes;
        const long rounds = bytes <= 64 * KIB ? 1000 : 100;
        void* volatile block;
        report_size("malloc + free", bytes, ", alone", MEASURE(rounds, free(block = malloc(size))),
                    "ticks");
        void* volatile kept[3];
        for (int i = 0; i < 3; ++i) {
            kept[i] = malloc(size);
        }
        report_size("malloc + free", bytes, ", beside others",
                    MEASURE(rounds, free(block = malloc(size))), "ticks");
        for (int i = 0; i < 3; ++i) {
            free(kept[i]);
        }
    }
}

/* Threads that each exchange blocks of 16 B to 1 KiB in a table, in an order that is the same for
 * all. The results are the time that passes, divided by the pairs of all threads together, without
 * what choosing a block takes, and the pairs of all threads per second, with it. */
#define SLOTS 256
#define PAIRS 100000
#define MOST_THREADS 4

static inline void exchange_blocks(void** table, long pairs, int really) {
    uint32_t random = 1;
    for (long i = 0; i < pairs; ++i) {
        random = random * 1664525u + 1013904223u;
        void** const slot = &table[random >> 24];
        size_t size = 16 + (random >> 8) % 1008;
        __asm__ volatile("" : "+r"(size));
        if (really) {
            free(*slot);
            *slot = malloc(size);
        }
    }
}

static void measure_malloc_threads(int threads) {
    double runs[BLOCKS];
    uint64_t starts[MOST_THREADS], ends[MOST_THREADS];
    const long pairs = PAIRS / threads;
#pragma omp parallel num_threads(threads)
    {
        const int thread = omp_get_thread_num();
        void* table[SLOTS] = {NULL};
        exchange_blocks(table, PAIRS, 1);
        for (int run = 0; run < BLOCKS; ++run) {
#pragma omp barrier
            starts[thread] = ticks();
            exchange_blocks(table, pairs, 1);
            ends[thread] = ticks();
#pragma omp barrier
            if (thread == 0) {
                uint64_t first = starts[0], last = ends[0];
                for (int i = 1; i < threads; ++i) {
                    first = starts[i] < first ? starts[i] : first;
                    last = ends[i] > last ? ends[i] : last;
                }
                runs[run] = (double)(last - first);
            }
        }
        for (int i = 0; i < SLOTS; ++i) {
            free(table[i]);
        }
    }
    void* table[SLOTS] = {NULL};
    const uint64_t start = ticks();
    exchange_blocks(table, PAIRS, 0);
    const double choice = (double)(ticks() - start) / PAIRS;
    const double each = median(runs, BLOCKS) / (double)(pairs * threads);
    char name[NAME_SIZE];
    snprintf(name, sizeof(name), "malloc + free, mixed sizes, %d thread%s", threads,
             threads > 1 ? "s" : "");
    report_row(name, each - choice, "ticks");
    snprintf(name, sizeof(name), "malloc throughput, %d thread%s", threads, threads > 1 ? "s" : "");
    report_row(name, frequency() / each / 1e6, "Mpairs/s");
}

/* One thread allocates, another one frees. */
#define HANDED 1000

static void measure_handed_over(void) {
    static void* blocks[HANDED];
    double allocate[BLOCKS], release[BLOCKS];
    const double loop = empty_loop_ticks(HANDED);
#pragma omp parallel num_threads(2)
    for (int run = -1; run < BLOCKS; ++run) {
        long next = 0;
        if (omp_get_thread_num() == 0) {
            const double each = TICKS_PER_ROUND(HANDED, blocks[next++] = malloc(64)) - loop;
            if (run >= 0) {
                allocate[run] = each;
            }
        }
#pragma omp barrier
        if (omp_get_thread_num() == 1) {
            const double each = TICKS_PER_ROUND(HANDED, free(blocks[next++])) - loop;
            if (run >= 0) {
                release[run] = each;
            }
        }
#pragma omp barrier
    }
    report_row("malloc, 64 B, freed by another thread", median(allocate, BLOCKS), "ticks");
    report_row("free, 64 B, of another thread", median(release, BLOCKS), "ticks");
}

static void measure_page_faults(void) {
    const struct first_write small = measure_first_write(PAGE_4K, 16 * MIB);
    const struct first_write large = measure_first_write(PAGE_2M, 64 * MIB);
    const double clear_small = clearing_ticks(PAGE_4K, 1024);
    const double clear_large = clearing_ticks(PAGE_2M, 16);
    report_row("first write, 4 KiB apart", small.ticks, "ticks");
    report_row("first write, 2 MiB apart", large.ticks, "ticks");
    report_row("clearing 4 KiB", clear_small, "ticks");
    report_row("clearing 2 MiB", clear_large, "ticks");
    const int times = clearings_per_page(large.page);
    report_row("first write, 4 KiB apart, zeroing excluded", small.ticks - times * clear_small,
               "ticks");
    report_row("first write, 2 MiB apart, zeroing excluded",
               large.ticks - times * (large.page == PAGE_2M ? clear_large : clear_small), "ticks");
    printf("# a fault brings %s, cleared %s\n", size_name(large.page),
           times > 1 ? "twice" : "once");
}

/* A new mapping that is touched at every 4 KiB if `touch`, and unmapped. */
static void map_and_unmap(long bytes, int touch) {
    volatile char* const memory =
        mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        fail("cannot map %ld bytes", bytes);
    }
    for (long i = 0; touch && i < bytes; i += PAGE_4K) {
        memory[i] = 1;
    }
    munmap((void*)memory, (size_t)bytes);
}

static void measure_mappings(long largest) {
    for (long bytes = 4 * KIB; bytes <= 2 * MIB; bytes *= 512) {
        report_size("mmap + munmap", bytes, "", MEASURE(200, map_and_unmap(bytes, 0)), "ticks");
    }
    for (long bytes = MIB; bytes <= largest; bytes *= bytes < 64 * MIB ? 8 : 16) {
        const int count = bytes <= 64 * MIB ? 3 : 1;
        double runs[3];
        map_and_unmap(bytes, 1);
        for (int run = 0; run < count; ++run) {
            runs[run] = TICKS_PER_ROUND(1, map_and_unmap(bytes, 1));
        }
        report_size("mmap + touch + munmap", bytes, "", median(runs, count), "ticks");
    }
}

static double mebibytes_per_second(double bytes, double ticks_taken) {
    return bytes / (double)MIB / (ticks_taken / frequency());
}

static void measure_copying(void) {
    char* const from = map_memory(4 * MIB);
    char* const to = map_memory(4 * MIB);
    memset(from, 1, 4 * MIB);
    memset(to, 2, 4 * MIB);
    for (long bytes = 64; bytes <= 4 * MIB; bytes *= 4) {
        size_t size = (size_t)bytes;
        __asm__("" : "+r"(size)); /* the size is no constant: memcpy and memset are called */
        const long rounds = bytes < 64 * KIB ? 64 * KIB / bytes : 1;
        report_size("memcpy", bytes, "",
                    mebibytes_per_second(size, MEASURE(rounds, memcpy(to, from, size))), "MiB/s");
        report_size("memset", bytes, "",
                    mebibytes_per_second(size, MEASURE(rounds, memset(to, 3, size))), "MiB/s");
    }
    munmap(from, 4 * MIB);
    munmap(to, 4 * MIB);
}

/* The best of five runs, as STREAM reports it. Each thread touches its part of the arrays first. */
static void measure_triad(const char* name, int threads, long bytes) {
    const long count = bytes / (long)sizeof(double);
    double* const a = (double*)map_memory((size_t)bytes);
    double* const b = (double*)map_memory((size_t)bytes);
    double* const c = (double*)map_memory((size_t)bytes);
    double factor = 3.0, best = 0;
    __asm__("" : "+x"(factor));
#pragma omp parallel for num_threads(threads) schedule(static)
    for (long i = 0; i < count; ++i) {
        a[i] = 0.0;
        b[i] = (double)i;
        c[i] = 1.0;
    }
    for (int run = 0; run < 5; ++run) {
        const uint64_t start = ticks();
#pragma omp parallel for num_threads(threads) schedule(static)
        for (long i = 0; i < count; ++i) {
            a[i] = b[i] + factor * c[i];
        }
        const double speed = mebibytes_per_second(3.0 * (double)bytes, (double)(ticks() - start));
        best = speed > best ? speed : best;
    }
    for (long i = 0; i < count; ++i) {
        if (a[i] != (double)i + 3.0) {
            fail("triad: element %ld is %g", i, a[i]);
        }
    }
    report_row(name, best, "MiB/s");
    munmap(a, (size_t)bytes);
    munmap(b, (size_t)bytes);
    munmap(c, (size_t)bytes);
}

int main(int argc, char** argv) {
    long largest = 64, stream = 8;
    const struct option options[] = {
        {"--largest", &largest, 1, 1024}, {"--stream", &stream, 2, 4096}, {0}};
    read_options(argc, argv, options, "memory [--largest MEBIBYTES] [--stream MEBIBYTES]");

    measure_malloc_by_size();
    measure_malloc_threads(1);
    measure_malloc_threads(2);
    measure_malloc_threads(4);
    measure_handed_over();
    measure_page_faults();
    measure_mappings(largest * MIB);
    measure_copying();
    measure_triad("STREAM triad, 1 thread", 1, stream * MIB);
    measure_triad("STREAM triad, all threads", omp_get_max_threads(), stream * MIB);
    return 0;
}
