/* Asking for more memory than there is fails with ENOMEM; what was granted can be written. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    const size_t memory = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    errno = 0;
    void* volatile too_much = malloc(2 * memory);
    if (too_much != NULL || errno != ENOMEM) {
        printf("malloc of twice the memory: %p, errno %d\n", too_much, errno);
        return 1;
    }
    errno = 0;
    too_much = malloc(PTRDIFF_MAX);
    if (too_much != NULL || errno != ENOMEM) {
        printf("malloc(PTRDIFF_MAX): %p, errno %d\n", too_much, errno);
        return 1;
    }
    char* const half = malloc(memory / 2);
    if (half == NULL) {
        printf("no half of %zu bytes\n", memory);
        return 1;
    }
    memset(half, 0x5A, memory / 2);
    void* volatile second = malloc(memory / 2 + memory / 4);
    if (second != NULL) {
        puts("more was granted than there is");
        return 1;
    }
    free(half);
    /* Memory given back can be had again, many times over. */
    for (int i = 0; i < 20; ++i) {
        char* const again = malloc(memory / 3);
        if (again == NULL) {
            printf("lost memory after %d rounds\n", i);
            return 1;
        }
        again[0] = again[memory / 3 - 1] = 1;
        free(again);
    }
    puts("limits ok");
    return 0;
}
