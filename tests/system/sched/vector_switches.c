// vector_switches PREEMPTIONS: two threads on one core fill all vector registers and look at them
// again and again, while a more important one on the same core, which fills them too, takes the
// processor as often as asked for, woken by another core (on one core: by its timer). In between
// the two let each other run of their own accord. Registers keep their values through every
// preemption, the control words through both.
#define _GNU_SOURCE
#include "../libc/check.h"

#include <cpuid.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { kFillers = 2, kRegisters = 32, kMaskRegisters = 8, kWidest = 64, kLoops = 1000 };

static int preemptions;
static atomic_bool stop;
static atomic_int runs; // of the important thread
static atomic_int hits; // those that came while a filler's registers were full
static sem_t go;
enum { kSse, kAvx, kAvx512 };
static int level;

struct Filler {
    _Alignas(64) unsigned char mine[kRegisters * kWidest];
    unsigned char found[kRegisters * kWidest];
    unsigned short my_masks[kMaskRegisters];
    unsigned short found_masks[kMaskRegisters];
    atomic_uchar filled;
    unsigned control; // MXCSR
    atomic_long rounds;
};
static struct Filler fillers[kFillers + 1];

#define ALL(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define ALL_XMM                                                                                    \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",       \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
#define UPPER(X)                                                                                   \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define MASKS(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define UPPER_XMM                                                                                  \
    "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",      \
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",  \
        "k7"
#define LOAD_XMM(n) "movdqu " #n "*64(%0), %%xmm" #n "\n\t"
#define STORE_XMM(n) "movdqu %%xmm" #n ", " #n "*64(%1)\n\t"
#define LOAD_YMM(n) "vmovdqu " #n "*64(%0), %%ymm" #n "\n\t"
#define STORE_YMM(n) "vmovdqu %%ymm" #n ", " #n "*64(%1)\n\t"
#define LOAD_ZMM(n) "vmovdqu64 " #n "*64(%0), %%zmm" #n "\n\t"
#define STORE_ZMM(n) "vmovdqu64 %%zmm" #n ", " #n "*64(%1)\n\t"
#define LOAD_MASK(n) "kmovw " #n "*2(%4), %%k" #n "\n\t"
#define STORE_MASK(n) "kmovw %%k" #n ", " #n "*2(%5)\n\t"
// Between the two, time for an interrupt. `%2` says that it is time.
#define HOLD(load, store, end)                                                                     \
    __asm__ volatile(ALL(load) "movb $1, %2\n\tmovl %3, %%ecx\n"                                   \
                               "1: decl %%ecx\n\tjnz 1b\n\tmovb $0, %2\n\t" ALL(store) end         \
                     :                                                                             \
                     : "r"(filler->mine), "r"(filler->found), "m"(filler->filled), "r"(loops)      \
                     : "ecx", "cc", "memory", ALL_XMM)

// All 32 registers, and those that hold masks.
__attribute__((target("avx512f"))) static void hold_zmm(struct Filler* filler, int loops) {
    __asm__ volatile(ALL(LOAD_ZMM) UPPER(LOAD_ZMM) MASKS(
                         LOAD_MASK) "movb $1, %2\n\tmovl %3, %%ecx\n"
                                    "1: decl %%ecx\n\tjnz 1b\n\tmovb $0, %2\n\t" ALL(STORE_ZMM)
                                        UPPER(STORE_ZMM) MASKS(STORE_MASK) "vzeroupper"
                     :
                     : "r"(filler->mine), "r"(filler->found), "m"(filler->filled), "r"(loops),
                       "r"(filler->my_masks), "r"(filler->found_masks)
                     : "ecx", "cc", "memory", ALL_XMM, UPPER_XMM);
    CHECK(memcmp(filler->my_masks, filler->found_masks, sizeof(filler->my_masks)) == 0);
}

__attribute__((target("avx"))) static void hold_ymm(struct Filler* filler, int loops) {
    HOLD(LOAD_YMM, STORE_YMM, "vzeroupper");
}

static void hold_xmm(struct Filler* filler, int loops) { HOLD(LOAD_XMM, STORE_XMM, ""); }

static void fill_and_check(struct Filler* filler, int loops) {
    static void (*const hold[])(struct Filler*, int) = {hold_xmm, hold_ymm, hold_zmm};
    hold[level](filler, loops);
    for (int i = 0; i < (level == kAvx512 ? 32 : 16); ++i) {
        const size_t bytes = 16u << level;
        CHECK(memcmp(filler->mine + i * kWidest, filler->found + i * kWidest, bytes) == 0);
    }
    unsigned control;
    __asm__ volatile("stmxcsr %0" : "=m"(control));
    CHECK_EQUAL(control & 0xFFC0, filler->control);
    ++filler->rounds;
}

static void prepare(struct Filler* filler) {
    for (int i = 0; i < kRegisters * kWidest; ++i) {
        filler->mine[i] = (unsigned char)(i * 7 + 31 * (int)(filler - fillers));
    }
    for (int i = 0; i < kMaskRegisters; ++i) {
        filler->my_masks[i] = (unsigned short)(0x1234 * i + 17 * (int)(filler - fillers));
    }
    // All exceptions masked; each thread with a rounding mode of its own.
    filler->control = 0x1F80 | (unsigned)(filler - fillers) << 13;
    __asm__ volatile("ldmxcsr %0" : : "m"(filler->control));
}

static void* keep_filled(void* argument) {
    struct Filler* filler = argument;
    prepare(filler);
    while (!atomic_load(&stop)) {
        fill_and_check(filler, kLoops);
        if (filler->rounds % 4 == 0) {
            sched_yield();
        }
    }
    return NULL;
}

/// Whether enough was seen. How far the fillers come between two preemptions, and where these meet
/// them, is up to the host: it may run the waker faster than them. So more preemptions follow until
/// there were some within filled registers, and both fillers have come on; else this never ends.
static int is_enough(int run) {
    return run >= preemptions && atomic_load(&hits) > preemptions / 100 &&
           atomic_load(&fillers[0].rounds) > 10 && atomic_load(&fillers[1].rounds) > 10;
}

static void* preempt(void* argument) {
    struct Filler* filler = argument;
    const int alone = sysconf(_SC_NPROCESSORS_ONLN) == 1;
    prepare(filler);
    for (int run = 0; !is_enough(run); ++run) {
        if (alone) {
            const struct timespec moment = {0, 20000};
            nanosleep(&moment, NULL);
        } else {
            CHECK_EQUAL(sem_wait(&go), 0);
        }
        if (atomic_load(&fillers[0].filled) || atomic_load(&fillers[1].filled)) {
            atomic_fetch_add(&hits, 1);
        }
        fill_and_check(filler, 1);
        atomic_store(&runs, run + 1);
    }
    atomic_store(&stop, 1);
    return NULL;
}

static void create(pthread_t* thread, void* (*function)(void*), void* argument, int priority) {
    pthread_attr_t attributes;
    const struct sched_param parameters = {.sched_priority = priority};
    cpu_set_t last;
    CPU_ZERO(&last);
    CPU_SET((int)sysconf(_SC_NPROCESSORS_ONLN) - 1, &last);
    CHECK_EQUAL(pthread_attr_init(&attributes), 0);
    CHECK_EQUAL(pthread_attr_setaffinity_np(&attributes, sizeof(last), &last), 0);
    CHECK_EQUAL(pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED), 0);
    CHECK_EQUAL(pthread_attr_setschedpolicy(&attributes, SCHED_FIFO), 0);
    CHECK_EQUAL(pthread_attr_setschedparam(&attributes, &parameters), 0);
    CHECK_EQUAL(pthread_create(thread, &attributes, function, argument), 0);
    CHECK_EQUAL(pthread_attr_destroy(&attributes), 0);
}

/// The widest registers that processor and kernel have.
static int find_level(void) {
    unsigned a, b, c = 0, d, enabled;
    const unsigned kStateAvx = 6, kStateAvx512 = 0xE6; // of XCR0
    CHECK(__get_cpuid(1, &a, &b, &c, &d) != 0);
    if ((c & (bit_AVX | bit_OSXSAVE)) != (bit_AVX | bit_OSXSAVE)) {
        return kSse;
    }
    __asm__("xgetbv" : "=a"(enabled), "=d"(d) : "c"(0));
    if ((enabled & kStateAvx) != kStateAvx) {
        return kSse;
    }
    const int has_avx512 = __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_AVX512F) != 0;
    return has_avx512 && (enabled & kStateAvx512) == kStateAvx512 ? kAvx512 : kAvx;
}

int main(int argc, char** argv) {
    static const char* const said[] = {"ok without AVX", "ok", "ok with AVX-512"};
    pthread_t threads[kFillers + 1];
    CHECK_EQUAL(argc, 2);
    preemptions = atoi(argv[1]);
    level = find_level();
    sem_init(&go, 0, 0);
    const struct sched_param highest = {.sched_priority = 3}; // or the first filler would stay
    CHECK_EQUAL(pthread_setschedparam(pthread_self(), SCHED_FIFO, &highest), 0);
    for (int i = 0; i < kFillers; ++i) {
        create(&threads[i], keep_filled, &fillers[i], 1);
    }
    create(&threads[kFillers], preempt, &fillers[kFillers], 2);
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1) {
        for (int run = 0; !atomic_load(&stop); ++run) {
            for (volatile int pause = run % 256; pause > 0; --pause) {
            }
            CHECK_EQUAL(sem_post(&go), 0);
            while (atomic_load(&runs) <= run && !atomic_load(&stop)) {
            }
        }
    }
    for (int i = 0; i <= kFillers; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    puts(said[level]);
    return 0;
}
