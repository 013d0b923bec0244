/* Ends in the way that its argument names. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int never = -1;

__attribute__((noinline)) static int overflow(int depth) {
    volatile char frame[1000];
    frame[depth % 1000] = (char)depth;
    return depth == never ? 0 : overflow(depth + 1) + frame[3];
}

__attribute__((noinline)) static void end_badly(const char* way) {
    if (strcmp(way, "abort") == 0) {
        abort();
    } else if (strcmp(way, "overflow") == 0) {
        printf("%d\n", overflow(0));
    } else if (strcmp(way, "null") == 0) {
        *(volatile int*)0 = 1;
    } else if (strcmp(way, "divide") == 0) {
        volatile int seven = 7, zero = 0;
        printf("%d\n", seven / zero);
    }
}

static void* run(void* way) {
    end_badly(way);
    return NULL;
}

int main(int argc, char** argv) {
    pthread_t thread;
    if (argc < 2 || pthread_create(&thread, NULL, run, argv[1]) != 0) {
        return 2;
    }
    pthread_join(thread, NULL);
    return 3;
}
