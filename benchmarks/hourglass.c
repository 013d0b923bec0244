/* How much the system disturbs a program: reads the time-stamp counter in a loop and looks at the
 * gaps between two readings. On a system without noise they are all alike.
 * J. Regehr, "Inferring Scheduling Behavior with Hourglass", USENIX 2002.
 *
 * hourglass [SECONDS]
 */
#include "report.h"
#include "ticks.h"

#include <inttypes.h>

#define BUCKETS 64

int main(int argc, char** argv) {
    const double duration = argc > 1 ? strtod(argv[1], NULL) : 1.0;
    if (!(duration > 0.0 && duration <= 3600.0)) {
        fprintf(stderr, "usage: hourglass [SECONDS]\n");
        return 2;
    }
    const double frequency = ticks_per_second();
    const uint64_t microsecond = (uint64_t)(frequency / 1e6);

    static uint64_t histogram[BUCKETS]; /* gaps of 2^i up to 2^(i+1) - 1 ticks */
    uint64_t minimum = UINT64_MAX, maximum = 0, long_gaps = 0, count = 0;
    const uint64_t start = ticks();
    const uint64_t end = start + (uint64_t)(duration * frequency);
    uint64_t last = ticks_fast();
    while (last < end) {
        const uint64_t now = ticks_fast();
        const uint64_t gap = now - last;
        last = now;
        ++count;
        ++histogram[63 - __builtin_clzll(gap | 1)];
        long_gaps += gap > microsecond;
        minimum = gap < minimum ? gap : minimum;
        maximum = gap > maximum ? gap : maximum;
    }
    const uint64_t total = last - start;

    printf("# %.3f s at %.0f MHz, %" PRIu64 " gaps\n", duration, frequency / 1e6, count);
    report_row("minimum gap", (double)minimum, "ticks");
    report_row("average gap", (double)total / (double)count, "ticks");
    report_row("maximum gap", (double)maximum, "ticks");
    report_row("gaps over 1 us", (double)long_gaps, "count");
    printf("# histogram:\n");
    for (int i = 0; i < BUCKETS; ++i) {
        if (histogram[i] != 0) {
            printf("# %12" PRIu64 " ticks and more: %12" PRIu64 "\n", UINT64_C(1) << i,
                   histogram[i]);
        }
    }
    return 0;
}
