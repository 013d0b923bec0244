// The monotonic clock, which programs read most often, apart from the other clocks.

#include "time/deadline.hpp"

#include <arch/time.hpp>

using namespace hermit;
using namespace hermit::glue;

extern "C" [[gnu::weak]] int clock_gettime(clockid_t clock, timespec* time) {
    if (clock == CLOCK_MONOTONIC) [[likely]] {
        to_timespec(arch::now_ns(), *time);
        return 0;
    }
    return get_other_time(clock, *time);
}
