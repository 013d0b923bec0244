// Sleeps beyond what the APIC timer can count at once: 4.3 s undivided and 550 s divided, where it
// runs at 1 GHz. With a virtual clock that skips idle time, these take no time.
#include <stdio.h>
#include <time.h>

static int sleeps(time_t seconds) {
    struct timespec before;
    struct timespec after;
    const struct timespec duration = {.tv_sec = seconds, .tv_nsec = 0};
    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&duration, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    const long long late =
        (after.tv_sec - before.tv_sec - seconds) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    if (late < 0 || late > 5000000) { // the calibration's error grows with the time
        printf("%lld s: late by %lld ns\n", (long long)seconds, late);
    }
    return late >= 0 && late <= 5000000;
}

int main(void) {
    if (!sleeps(1) || !sleeps(5) || !sleeps(700) || !sleeps(4000)) {
        return 1;
    }
    puts("ok");
    return 0;
}
