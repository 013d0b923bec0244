// A thread whose stack is a static array, which is backed page by page on first touch: mapping
// memory works at any depth of it, also where the next page has never been touched.
#include "../libc/check.h"

#include <pthread.h>
#include <sys/mman.h>

enum { kStackBytes = 512 * 1024, kDepth = 300 };

static _Alignas(4096) char stack[kStackBytes];

static int descend(int depth) {
    volatile char frame[208];
    frame[0] = (char)depth;
    void* const page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    CHECK_EQUAL(mprotect(page, 4096, PROT_READ), 0);
    CHECK_EQUAL(munmap(page, 4096), 0);
    return depth == 0 ? frame[0] : descend(depth - 1) + frame[0] - (char)depth;
}

static void* run(void* argument) {
    CHECK_EQUAL(descend(kDepth), 0);
    return argument;
}

int main(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    CHECK_EQUAL(pthread_attr_init(&attributes), 0);
    CHECK_EQUAL(pthread_attr_setstack(&attributes, stack, sizeof stack), 0);
    CHECK_EQUAL(pthread_create(&thread, &attributes, run, NULL), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    puts("ok");
    return 0;
}
