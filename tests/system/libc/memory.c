/* malloc and its kin, mmap and its kin, the commit limit. */
#define _GNU_SOURCE
#include "check.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void blocks_keep_their_contents(void) {
    enum { kBlocks = 4000 };
    static unsigned char* blocks[kBlocks];
    static size_t sizes[kBlocks];
    unsigned seed = 1;
    for (int round = 0; round < 20000; ++round) {
        seed = seed * 1103515245 + 12345;
        const unsigned index = seed / 65536 % kBlocks;
        if (blocks[index] != NULL) {
            for (size_t i = 0; i < sizes[index]; i += 97) {
                CHECK_EQUAL(blocks[index][i], index % 251);
            }
            free(blocks[index]);
        }
        const size_t size = seed % 100 == 0 ? seed / 64 % 300000 : seed / 64 % 3000;
        blocks[index] = malloc(size);
        CHECK(blocks[index] != NULL);
        CHECK_EQUAL((uintptr_t)blocks[index] % (size <= 8 ? 8 : 16), 0);
        sizes[index] = size;
        memset(blocks[index], (int)(index % 251), size);
    }
    for (int i = 0; i < kBlocks; ++i) {
        free(blocks[i]);
    }
}

static void special_requests(void) {
    free(NULL);
    char* zeros = calloc(1000, 1000);
    for (int i = 0; i < 1000000; ++i) {
        CHECK_EQUAL(zeros[i], 0);
    }
    strcpy(zeros, "kept");
    zeros = realloc(zeros, 5000000);
    CHECK_EQUAL(strcmp(zeros, "kept"), 0);
    CHECK(malloc_usable_size(zeros) >= 5000000);
    free(zeros);
    for (size_t alignment = 16; alignment <= 1 << 22; alignment *= 2) {
        void* block = NULL;
        CHECK_EQUAL(posix_memalign(&block, alignment, 100), 0);
        CHECK_EQUAL((uintptr_t)block % alignment, 0);
        void* other = aligned_alloc(alignment, 2 * alignment);
        CHECK_EQUAL((uintptr_t)other % alignment, 0);
        memset(other, 1, 2 * alignment);
        free(block);
        free(other);
    }
    void* block = NULL;
    CHECK_EQUAL(posix_memalign(&block, 24, 100), EINVAL);
    volatile size_t huge = SIZE_MAX; /* hidden from the compiler's warnings */
    errno = 0;
    CHECK(malloc(huge - 100) == NULL);
    CHECK_EQUAL(errno, ENOMEM);
    errno = 0;
    CHECK(calloc(huge / 4, 8) == NULL);
    CHECK_EQUAL(errno, ENOMEM);
}

static void more_than_there_is_is_refused(void) {
    const size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * 4096;
    errno = 0;
    CHECK(malloc(2 * memory) == NULL);
    CHECK_EQUAL(errno, ENOMEM);
    errno = 0;
    CHECK(mmap(NULL, 2 * memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
          MAP_FAILED);
    CHECK_EQUAL(errno, ENOMEM);
    /* Address space is free, and what is not reserved may be more than there is. */
    void* reserved = mmap(NULL, 2 * memory, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(reserved != MAP_FAILED);
    CHECK_EQUAL(munmap(reserved, 2 * memory), 0);
    char* unreserved = mmap(NULL, 2 * memory, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(unreserved != MAP_FAILED);
    unreserved[memory] = 1;
    CHECK_EQUAL(munmap(unreserved, 2 * memory), 0);
    /* Half of the memory, over and over: it comes back. */
    for (int i = 0; i < 20; ++i) {
        char* half = malloc(memory / 2);
        CHECK(half != NULL);
        half[0] = half[memory / 4] = half[memory / 2 - 1] = 1;
        free(half);
    }
}

static void mappings(void) {
    const size_t size = 8 << 20;
    char* start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(start != MAP_FAILED);
    for (size_t i = 0; i < size; i += 4096) {
        CHECK_EQUAL(start[i], 0);
        start[i] = 1;
    }
    CHECK_EQUAL(madvise(start + 4096, 4096, MADV_DONTNEED), 0);
    CHECK_EQUAL(start[0], 1);
    CHECK_EQUAL(start[4096], 0);
    CHECK_EQUAL(start[8192], 1);
    CHECK_EQUAL(mprotect(start, 4096, PROT_READ), 0);
    CHECK_EQUAL(start[0], 1);
    CHECK_EQUAL(mprotect(start, 4096, PROT_READ | PROT_WRITE), 0);
    start[0] = 2;
    CHECK_EQUAL(munmap(start + 4096, 4096), 0);
    char* again = mmap(start + 4096, 4096, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK(again == start + 4096);
    CHECK_EQUAL(again[0], 0);
    CHECK(mmap(start + 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
               0) == MAP_FAILED);
    CHECK_EQUAL(errno, EEXIST);
    CHECK(mmap(start + 8192, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
          start + 8192);
    CHECK_EQUAL(start[8192], 0);
    CHECK_EQUAL(mlock(start, size), 0);
    CHECK_EQUAL(munmap(start, size), 0);
    CHECK_EQUAL(munmap(start, 0), -1);
    CHECK_EQUAL(errno, EINVAL);
    CHECK(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) == MAP_FAILED);
    CHECK_EQUAL(errno, ENODEV);

    char* old = sbrk(100000);
    CHECK(old != (char*)-1);
    memset(old, 1, 100000);
    CHECK((char*)sbrk(0) == old + 100000);
    CHECK(sbrk(-100000) == old + 100000);
}

/* Blocks allocated in one thread and freed in another, while threads come and go. */
enum { kSlots = 64 };
static void* slots[kSlots];
static void* exchange(void* seed) {
    unsigned random = (unsigned)(uintptr_t)seed;
    for (int i = 0; i < 3000; ++i) {
        random = random * 1103515245 + 12345;
        char* block = malloc(random / 65536 % 2000 + 8);
        CHECK(block != NULL);
        memset(block, 1, 8);
        free(__atomic_exchange_n(&slots[random / 256 % kSlots], block, __ATOMIC_ACQ_REL));
    }
    return NULL;
}
static void threads_share_the_heap(void) {
    for (uintptr_t round = 0; round < 20; ++round) {
        pthread_t threads[4];
        for (uintptr_t i = 0; i < 4; ++i) {
            CHECK_EQUAL(pthread_create(&threads[i], NULL, exchange, (void*)(4 * round + i)), 0);
        }
        for (int i = 0; i < 4; ++i) {
            CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
        }
    }
}

int main(void) {
    blocks_keep_their_contents();
    special_requests();
    more_than_there_is_is_refused();
    mappings();
    threads_share_the_heap();
    puts("ok");
    return 0;
}
