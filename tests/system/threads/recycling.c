// Thousands of threads, eight at a time, each with a stack that it uses. With an argument it unmaps
// memory as well, which other cores have to hear of.
#include "../libc/check.h"

#include <pthread.h>
#include <sys/mman.h>

enum { kThreads = 8, kRounds = 500 };

static void* run(void* argument) {
    volatile char frame[20000];
    frame[0] = frame[sizeof frame - 1] = 1;
    return argument;
}

int main(int argc, char** argv) {
    (void)argv;
    pthread_t threads[kThreads];
    for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kThreads; ++i) {
            CHECK_EQUAL(pthread_create(&threads[i], NULL, run, NULL), 0);
        }
        if (argc > 1) {
            char* const memory =
                mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            CHECK(memory != MAP_FAILED);
            *memory = 1;
            CHECK_EQUAL(munmap(memory, 4096), 0);
        }
        for (int i = 0; i < kThreads; ++i) {
            CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
        }
    }
    puts("ok");
    return 0;
}
