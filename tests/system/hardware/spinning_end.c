// Ends while another thread spins with interrupts of its core on.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static volatile int started;

static void* spin(void* unused) {
    (void)unused;
    started = 1;
    while (started) {
    }
    return NULL;
}

int main(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, spin, NULL) != 0) {
        return 1;
    }
    while (!started) {
    }
    puts("over");
    fflush(stdout);
    _Exit(7);
}
