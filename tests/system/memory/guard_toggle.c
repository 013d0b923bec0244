/* A page of large ones is made inaccessible and accessible again, over and over: what that costs,
 * in time-stamp counter ticks. Splitting the large page and joining it again each time would be
 * more than the limit. */
#include "../libc/check.h"

#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#define LARGE ((size_t)2 << 20)
enum { kPage = 4096, kToggles = 200, kLimit = 15000 };

static unsigned long long toggles(unsigned char* page, int rights) {
    const unsigned long long before = __rdtsc();
    for (int i = 0; i < kToggles; ++i) {
        CHECK_EQUAL(mprotect(page, kPage, rights), 0);
        CHECK_EQUAL(mprotect(page, kPage, PROT_READ | PROT_WRITE), 0);
        page[0] = (unsigned char)i;
    }
    return (__rdtsc() - before) / kToggles;
}

int main(void) {
    unsigned char* const start =
        mmap(NULL, 4 * LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(start != MAP_FAILED);
    memset(start, 1, 4 * LARGE);
    const unsigned long long first = toggles(start, PROT_NONE);
    const unsigned long long inside = toggles(start + LARGE + 5 * kPage, PROT_NONE);
    const unsigned long long read_only = toggles(start + 3 * LARGE - kPage, PROT_READ);
    if (first >= kLimit || inside >= kLimit || read_only >= kLimit) {
        printf("%llu, %llu and %llu ticks for two mprotects\n", first, inside, read_only);
        return 1;
    }
    puts("ok");
    return 0;
}
