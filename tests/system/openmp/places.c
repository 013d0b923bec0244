// Shows OpenMP's places, one line, and checks that every thread runs where it is bound to.
#define _GNU_SOURCE 1
#include "../libc/check.h"

#include <omp.h>
#include <sched.h>

enum { kMaxCores = 64 };

int main(void) {
    const int places = omp_get_num_places();
    printf("%d places:", places);
    for (int place = 0; place < places; ++place) {
        int cores[kMaxCores];
        CHECK(omp_get_place_num_procs(place) <= kMaxCores);
        omp_get_place_proc_ids(place, cores);
        for (int i = 0; i < omp_get_place_num_procs(place); ++i) {
            printf("%c%d", i == 0 ? ' ' : ',', cores[i]);
        }
    }
    int used[kMaxCores] = {0};
    int wrong = 0;
#pragma omp parallel reduction(+ : wrong)
    {
        const int place = omp_get_place_num();
        int cores[kMaxCores];
        int here = 0;
        if (place >= 0) {
            omp_get_place_proc_ids(place, cores);
            for (int i = 0; i < omp_get_place_num_procs(place); ++i) {
                here |= cores[i] == sched_getcpu();
            }
            __atomic_fetch_add(&used[place], 1, __ATOMIC_RELAXED);
        }
        wrong += places > 0 && !here;
    }
    printf(", threads:");
    for (int place = 0; place < places; ++place) {
        printf(" %d", used[place]);
    }
    printf("\n");
    CHECK_EQUAL(wrong, 0);
    return 0;
}
