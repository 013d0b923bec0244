/* A program that has eaten all memory is told so, by malloc and by pthread_create; it can still
 * print, and goes on when it has given memory back. */
#include "../libc/check.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#define MIB ((size_t)1 << 20)
enum { kMost = 4096 };

static sem_t go_on;

static void* wait_for_end(void* unused) {
    sem_wait(&go_on);
    return unused;
}

struct block {
    struct block* next;
};

static struct block* eat(size_t bytes, size_t* sum) {
    struct block* blocks = NULL;
    for (struct block* block; (block = malloc(bytes)) != NULL; *sum += bytes) {
        memset(block, 0x5A, bytes);
        block->next = blocks;
        blocks = block;
    }
    CHECK_EQUAL(errno, ENOMEM);
    return blocks;
}

static void release(struct block* blocks) {
    while (blocks != NULL) {
        struct block* const next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

int main(void) {
    static pthread_t threads[kMost];
    size_t first = 0;
    for (int round = 0; round < 3; ++round) {
        size_t eaten = 0;
        struct block* large = eat(MIB, &eaten);
        struct block* small = eat(1000, &eaten);
        printf("%s\n", eaten > 16 * MIB ? "all eaten" : "little eaten");
        fflush(stdout);
        CHECK(round == 0 || eaten >= first - 2 * MIB);
        first = round == 0 ? eaten : first;

        int error = 0;
        int count = 0;
        while (count < kMost && error == 0) {
            error = pthread_create(&threads[count], NULL, wait_for_end, NULL);
            count += error == 0;
        }
        CHECK_EQUAL(error, EAGAIN);
        for (int i = 0; i < count; ++i) {
            sem_post(&go_on);
        }
        for (int i = 0; i < count; ++i) {
            CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
        }
        release(small);
        release(large);
    }
    CHECK_EQUAL(pthread_create(&threads[0], NULL, wait_for_end, NULL), 0);
    sem_post(&go_on);
    CHECK_EQUAL(pthread_join(threads[0], NULL), 0);
    return 0;
}
