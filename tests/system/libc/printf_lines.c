/* Four threads print 100,000 lines each; the test reads them all and finds none torn. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { kThreads = 4 };
static int lines = 100000;

static void* print(void* me) {
    for (int i = 0; i < lines; ++i) {
        printf("thread %d line %d of many\n", (int)(intptr_t)me, i);
    }
    return NULL;
}

int main(int argc, char** argv) {
    if (argc > 1) {
        lines = atoi(argv[1]);
    }
    pthread_t threads[kThreads];
    for (intptr_t i = 0; i < kThreads; ++i) {
        if (pthread_create(&threads[i], NULL, print, (void*)i) != 0) {
            return 1;
        }
    }
    for (int i = 0; i < kThreads; ++i) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
