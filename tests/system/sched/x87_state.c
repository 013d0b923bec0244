// A thread that is preempted in the middle of an x87 computation leaves the registers full. Nobody
// else sees that: by the calling convention, whoever returns from a wait finds the stack empty.
#include "../libc/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { kRounds = 10 };

static atomic_int stop;
static atomic_int kept = 1;

// Fills all eight registers and waits with them; no call within, so it can only be preempted.
static void* fill(void* argument) {
    unsigned short found = 0;
    while (atomic_load(&stop) == 0) {
        long double last = 0;
        __asm__ volatile("fldpi\n\tfld1\n\tfldpi\n\tfld1\n\tfldpi\n\tfld1\n\tfldpi\n\tfld1\n\t"
                         "movl $20000000, %%ecx\n"
                         "1: decl %%ecx\n\tjnz 1b\n\t"
                         "faddp\n\tfaddp\n\tfaddp\n\tfaddp\n\tfaddp\n\tfaddp\n\tfaddp\n\t"
                         "fnstsw %1"
                         : "=t"(last), "=m"(found)
                         :
                         : "ecx", "cc", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)",
                           "st(7)");
        if (last < 16.566L || last > 16.567L || (found & 0x41) != 0) { // invalid, stack fault
            atomic_store(&kept, 0);
        }
    }
    return argument;
}

// Two bits for each register: 3 is empty. (Emulators may not show that a full stack overflows.)
static unsigned tags(void) {
    struct {
        unsigned control, status, tags, pointers[4];
    } environment;
    __asm__ volatile("fnstenv %0\n\tfldenv %0" : "+m"(environment));
    return environment.tags & 0xFFFF;
}

int main(void) {
    pthread_t filler;
    CHECK_EQUAL(pthread_create(&filler, NULL, fill, NULL), 0);
    for (int round = 0; round < kRounds; ++round) {
        const struct timespec span = {.tv_sec = 0, .tv_nsec = 15000000};
        CHECK_EQUAL(nanosleep(&span, NULL), 0);
        CHECK_EQUAL(tags(), 0xFFFF);
    }
    atomic_store(&stop, 1);
    CHECK_EQUAL(pthread_join(filler, NULL), 0);
    CHECK(atomic_load(&kept) == 1);
    puts("ok");
    return 0;
}
