// Preemption in the middle of a computation keeps the widest vector registers there are, and hands
// nothing of them to others. More threads than cores, each with numbers of its own.
#include "../libc/check.h"

#include <cpuid.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

enum { kThreads = 5, kRegisters = 16, kBytes = kRegisters * 32 };

static atomic_bool stop;
static atomic_int rounds;

static int has_avx(void) {
    unsigned a, b, c, d;
    const unsigned needed = bit_AVX | bit_OSXSAVE;
    return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & needed) == needed;
}

#define LOAD(n) "vmovdqu " #n "*32(%0), %%ymm" #n "\n\t"
#define STORE(n) "vmovdqu %%ymm" #n ", " #n "*32(%1)\n\t"
#define ALL(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)

__attribute__((target("avx"))) static void* keep(void* argument) {
    unsigned char mine[kBytes];
    unsigned char found[kBytes];
    for (int i = 0; i < kBytes; ++i) {
        mine[i] = (unsigned char)(i * 7 + 31 * *(int*)argument);
    }
    while (!atomic_load(&stop)) {
        __asm__ volatile(ALL(LOAD) "movl $2000000, %%ecx\n"
                                   "1: decl %%ecx\n\tjnz 1b\n\t" ALL(STORE) "vzeroupper"
                         :
                         : "r"(mine), "r"(found)
                         : "ecx", "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
                           "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
                           "xmm14", "xmm15");
        CHECK(memcmp(mine, found, kBytes) == 0);
        atomic_fetch_add(&rounds, 1);
    }
    return NULL;
}

int main(void) {
    if (has_avx()) {
        pthread_t threads[kThreads];
        int numbers[kThreads];
        for (int i = 0; i < kThreads; ++i) {
            numbers[i] = i;
            CHECK_EQUAL(pthread_create(&threads[i], NULL, keep, &numbers[i]), 0);
        }
        usleep(500000);
        atomic_store(&stop, 1);
        for (int i = 0; i < kThreads; ++i) {
            CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
        }
        CHECK(rounds >= kThreads);
    }
    puts(has_avx() ? "ok" : "no AVX");
    return 0;
}
