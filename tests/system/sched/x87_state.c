// What a thread does with the x87 unit is its own. One that is preempted in the middle of a
// computation leaves the registers full: whoever returns from a wait finds the stack empty all the
// same, by the calling convention. And exception flags that it has raised are seen by no other
// thread.
#include "../libc/check.h"

#include <fenv.h>
#include <pthread.h>
#include <sched.h>
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

enum { kTurns = 200 };

static unsigned short x87_flags(void) {
    unsigned short status;
    __asm__ volatile("fnstsw %0" : "=a"(status));
    return status & 0x3F;
}

// Invalid, and what it leaves behind if the flags are not its own.
static void raise_x87(void) {
    __asm__ volatile("fldz\n\tfldz\n\tfdivp\n\tfstp %%st(0)" : : : "memory");
}

// The flags that this thread started with and raises stay as they are, whoever else runs.
static void* keep_raised(void* argument) {
    CHECK_EQUAL(x87_flags(), 0);
    raise_x87();
    for (int turn = 0; turn < kTurns; ++turn) {
        CHECK_EQUAL(x87_flags(), FE_INVALID);
        sched_yield();
    }
    return argument;
}

// With the exception unmasked, a flag of another thread's would end the program.
static void* keep_clear(void* argument) {
    CHECK_EQUAL(x87_flags(), 0);
    unsigned short control;
    __asm__ volatile("fnstcw %0" : "=m"(control));
    control &= (unsigned short)~FE_INVALID;
    __asm__ volatile("fldcw %0" : : "m"(control));
    for (int turn = 0; turn < kTurns; ++turn) {
        CHECK_EQUAL(x87_flags(), 0);
        __asm__ volatile("fld1\n\tfstp %%st(0)" : : : "memory");
        sched_yield();
    }
    return argument;
}

static void* inherit_raised(void* argument) {
    CHECK_EQUAL(x87_flags(), FE_INVALID);
    return argument;
}

static void check_flags(void) {
    pthread_t threads[2];
    CHECK_EQUAL(pthread_create(&threads[0], NULL, keep_raised, NULL), 0);
    CHECK_EQUAL(pthread_create(&threads[1], NULL, keep_clear, NULL), 0);
    for (int i = 0; i < 2; ++i) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
    CHECK_EQUAL(x87_flags(), 0);
    // A new thread starts with its creator's floating-point environment.
    raise_x87();
    CHECK_EQUAL(pthread_create(&threads[0], NULL, inherit_raised, NULL), 0);
    CHECK_EQUAL(pthread_join(threads[0], NULL), 0);
    CHECK_EQUAL(x87_flags(), FE_INVALID);
    __asm__ volatile("fnclex");
}

int main(void) {
    check_flags();
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
