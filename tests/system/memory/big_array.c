/* A static array of 3 GiB: not part of the image, backed where it is touched, zero before. */
#include <stddef.h>
#include <stdio.h>

#define BYTES ((size_t)3 << 30)

static unsigned char array[BYTES];
static unsigned char small[4096];

int main(void) {
    const size_t step = (size_t)64 << 20;
    for (size_t i = 0; i < BYTES; i += step) {
        volatile unsigned char* const place = &array[i];
        if (*place != 0) {
            printf("not zero at %zu\n", i);
            return 1;
        }
        *place = (unsigned char)(i / step + 1);
    }
    array[BYTES - 1] = 99;
    for (size_t i = 0; i < BYTES; i += step) {
        if (array[i] != (unsigned char)(i / step + 1)) {
            printf("lost at %zu\n", i);
            return 1;
        }
    }
    printf("array ok, %d %d\n", array[BYTES - 1], small[17]);
    return 0;
}
