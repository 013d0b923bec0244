/* C11's and C23's clock: base TIME_UTC is CLOCK_REALTIME. */
#include <time.h>

int timespec_get(struct timespec* time, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

int timespec_getres(struct timespec* resolution, int base) {
    return base == TIME_UTC && clock_getres(CLOCK_REALTIME, resolution) == 0 ? base : 0;
}
