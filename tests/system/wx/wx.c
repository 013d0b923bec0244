/* Makes every kind of mapping that an application can have, then waits to be looked at. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define BYTES (3u << 20)

static char zeroed[BYTES];
static char initialised[BYTES / 64] = {1};
static pthread_barrier_t all_here;

static void* use_memory(void* unused) {
    (void)unused;
    char on_stack[20000];
    char* on_heap = malloc(BYTES);
    memset(on_stack, 1, sizeof on_stack);
    memset(on_heap, on_stack[5], BYTES);
    pthread_barrier_wait(&all_here);
    for (;;) {
        __asm__ volatile("pause" : : "r"(on_heap) : "memory");
    }
}

int main(void) {
    pthread_t thread;
    memset(zeroed, 1, sizeof zeroed);
    initialised[1] = zeroed[1];
    pthread_barrier_init(&all_here, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++) {
        if (pthread_create(&thread, NULL, use_memory, NULL) != 0) {
            return 1;
        }
    }
    pthread_barrier_wait(&all_here);
    puts("ready");
    fflush(stdout);
    return pthread_join(thread, NULL);
}
