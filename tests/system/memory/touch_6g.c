/* Most of a large machine's memory in one block: every page of it can be touched, and is there. */
#include "../libc/check.h"

#include <stdint.h>
#include <stdlib.h>

#define BYTES ((size_t)6 << 30)
#define STEP ((size_t)256 << 10)

int main(void) {
    uint64_t* const block = malloc(BYTES);
    CHECK(block != NULL);
    const size_t words = STEP / sizeof(uint64_t);
    for (size_t i = 0; i < BYTES / sizeof(uint64_t); i += words) {
        CHECK(block[i] == 0); /* fresh from the system */
        block[i] = i + 1;
    }
    for (size_t i = 0; i < BYTES / sizeof(uint64_t); i += words) {
        CHECK(block[i] == i + 1);
    }
    free(block);
    puts("ok");
    return 0;
}
