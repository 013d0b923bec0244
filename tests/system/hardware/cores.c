// Prints how many cores there are, after each has run a thread. With an argument it then waits for
// two seconds.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void* report_core(void* expected) {
    return (void*)(long)(sched_getcpu() == (int)(long)expected);
}

int main(int argc, char** argv) {
    (void)argv;
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    for (long core = 0; core < cores; ++core) {
        pthread_attr_t attributes;
        pthread_t thread;
        void* right = NULL;
        cpu_set_t* set = CPU_ALLOC(cores);
        const size_t bytes = CPU_ALLOC_SIZE(cores);
        CPU_ZERO_S(bytes, set);
        CPU_SET_S(core, bytes, set);
        pthread_attr_init(&attributes);
        pthread_attr_setaffinity_np(&attributes, bytes, set);
        if (pthread_create(&thread, &attributes, report_core, (void*)core) != 0 ||
            pthread_join(thread, &right) != 0 || right == NULL) {
            fprintf(stderr, "no thread on core %ld\n", core);
            return 1;
        }
    }
    printf("%ld\n", cores);
    if (argc > 1) {
        sleep(2);
    }
    return 0;
}
