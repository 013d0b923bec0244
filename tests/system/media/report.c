/* Prints its arguments and one variable in brackets, and on how many cores it ran. */
#define _GNU_SOURCE 1
#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
    for (int i = 0; i < argc; ++i) {
        printf("[%s]", argv[i]);
    }
    printf("[%s]\n", getenv("MEDIA_TEST") ? getenv("MEDIA_TEST") : "not set");
    unsigned long cores = 0;
#pragma omp parallel reduction(| : cores)
    cores |= 1ul << sched_getcpu();
    printf("cores: %d\n", __builtin_popcountl(cores));
    puts("report complete");
    return 0;
}
