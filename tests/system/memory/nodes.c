/* Threads on every core touch memory of their own, say where it, their stack, their core's storage
 * and an object of the kernel's heap lie, and wait to be looked at. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BYTES ((size_t)8 << 20)
enum { kMostCores = 8 };

static pthread_barrier_t all_here;
static struct {
    char* memory;
    char* stack;
    char* storage;
    char* object;
} of_core[kMostCores];

/* hermit::mm::heap_allocate(bytes, alignment). */
extern char* heap_allocate(size_t, size_t) __asm__("_ZN6hermit2mm13heap_allocateEmm");

static void* touch(void* argument) {
    const int core = (int)(intptr_t)argument;
    CHECK_EQUAL(sched_getcpu(), core);
    char* const memory =
        mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 1, BYTES);
    char stack[64 * 1024];
    memset(stack, 1, sizeof stack);
    of_core[core].memory = memory;
    of_core[core].stack = stack;
    /* The kernel keeps the distance from the template of its storage to the core's copy there. */
    extern char per_core_distance[] __asm__("_ZN6hermit17per_core_distanceE");
    uint64_t distance;
    __asm__("movq %%gs:%1, %0" : "=r"(distance) : "m"(*(uint64_t*)per_core_distance));
    of_core[core].storage = per_core_distance + distance;
    of_core[core].object = heap_allocate(48, 16);
    pthread_barrier_wait(&all_here);
    for (;;) {
        __asm__ volatile("pause" : : "r"(stack) : "memory");
    }
}

int main(void) {
    const long cores = sysconf(_SC_NPROCESSORS_ONLN);
    CHECK(cores <= kMostCores);
    pthread_barrier_init(&all_here, NULL, (unsigned)cores + 1);
    pthread_t thread;
    for (intptr_t i = 0; i < cores; ++i) {
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET(i, &only);
        pthread_attr_t attributes;
        CHECK_EQUAL(pthread_attr_init(&attributes), 0);
        CHECK_EQUAL(pthread_attr_setaffinity_np(&attributes, sizeof only, &only), 0);
        CHECK_EQUAL(pthread_create(&thread, &attributes, touch, (void*)i), 0);
    }
    pthread_barrier_wait(&all_here);
    for (int i = 0; i < cores; ++i) {
        printf("%d %p %p %p %p\n", i, (void*)of_core[i].memory, (void*)of_core[i].stack,
               (void*)of_core[i].storage, (void*)of_core[i].object);
    }
    puts("ready");
    fflush(stdout);
    return pthread_join(thread, NULL);
}
