/* On a machine of 8 MiB, malloc gives nearly all that is free, in small and in larger blocks. */
#include "../libc/check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KIB ((size_t)1 << 10)

int main(void) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t available = (size_t)sysconf(_SC_AVPHYS_PAGES) * page;
    size_t eaten = 0;
    for (size_t bytes = 256 * KIB; bytes >= 2 * KIB; bytes /= 4) {
        for (char* block; (block = malloc(bytes)) != NULL; eaten += bytes) {
            memset(block, 1, bytes);
        }
    }
    /* The kernel's reserve is 384 KiB and a part of the memory; malloc's own data are little. */
    CHECK(available > 4096 * KIB);
    CHECK(available - eaten < 768 * KIB);
    puts("ok");
    return 0;
}
