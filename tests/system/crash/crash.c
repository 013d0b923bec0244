/* Ends in the way that its argument says, some calls deep, so that a backtrace has something to
 * show. Compiled with -O3 -fomit-frame-pointer: the calls survive, frame pointers do not. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The compiler must neither know the value nor what happens with it. */
static volatile int zero;
static volatile int* volatile null_pointer;
static volatile int sink;

static __attribute__((noinline, noclone)) int recurse(int depth) {
    volatile char frame[1000];
    frame[depth % 1000] = (char)depth;
    sink = frame[0];
    if (depth == zero - 1) { /* never, but the compiler cannot know */
        return 0;
    }
    const int below = recurse(depth + 1);
    return below + frame[depth % 1000];
}

static __attribute__((noinline, noclone)) void exhaust_memory(void) {
    /* Memory that was not charged when it was mapped can run out at a touch. */
    const size_t bytes = (size_t)64 << 30;
    volatile char* const memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        exit(98);
    }
    for (size_t i = 0; i < bytes; i += 4096) {
        memory[i] = 1;
    }
}

static __attribute__((noinline, noclone)) void innermost(const char* how) {
    if (strcmp(how, "null") == 0) {
        sink = *null_pointer;
    } else if (strcmp(how, "divide") == 0) {
        sink = sink / zero;
    } else if (strcmp(how, "overflow") == 0) {
        sink = recurse(0);
    } else if (strcmp(how, "abort") == 0) {
        abort();
    } else if (strcmp(how, "memory") == 0) {
        exhaust_memory();
    } else if (strcmp(how, "execute") == 0) {
        static unsigned char data[16] = {0xC3};
        void (*function)(void);
        void* address = data;
        memcpy(&function, &address, sizeof(function));
        function();
    } else if (strcmp(how, "write_text") == 0) {
        unsigned char* address;
        void (*function)(const char*) = innermost;
        memcpy(&address, &function, sizeof(address));
        *(volatile unsigned char*)address = 0x90;
    } else if (strcmp(how, "spin") == 0) {
        for (;;) {
            sink = sink + 1;
        }
    }
    sink = 1; /* no tail calls */
}

static __attribute__((noinline, noclone)) void middle(const char* how) {
    innermost(how);
    sink = 2;
}

static __attribute__((noinline, noclone)) void* outermost(void* how) {
    middle(how);
    sink = 3;
    return NULL;
}

int main(int argc, char** argv) {
    printf("before\n");
    fflush(stdout);
    if (argc > 2 && strcmp(argv[2], "thread") == 0) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, outermost, argv[1]) != 0) {
            return 97;
        }
        pthread_join(thread, NULL);
    } else {
        outermost(argv[1]);
    }
    printf("still alive\n");
    return 0;
}
