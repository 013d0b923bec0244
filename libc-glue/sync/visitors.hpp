// Counts threads that still use an object, so that its destruction can wait until the last one has
// looked at it: POSIX lets it be destroyed, and its memory be reused, as soon as all were woken.
#pragma once

#include "sync/word.hpp"

namespace hermit::glue {

/// The number of visitors; the sign bit is set while somebody waits for them to leave.
inline constexpr int kAwaited = INT_MIN;

inline void enter(int* visitors) { __atomic_fetch_add(visitors, 1, __ATOMIC_RELAXED); }

/// The caller does not touch the object any more.
inline void leave(int* visitors) {
    // Release pairs with the acquire in await_departure.
    if (__atomic_fetch_sub(visitors, 1, __ATOMIC_RELEASE) == (kAwaited | 1)) [[unlikely]] {
        sched::futex_wake(futex_word(visitors), INT_MAX);
    }
}

/// Returns when there are no visitors.
inline void await_departure(int* visitors) {
    int now = __atomic_fetch_or(visitors, kAwaited, __ATOMIC_ACQUIRE) | kAwaited;
    while (now != kAwaited) {
        sched::futex_wait(futex_word(visitors), static_cast<std::uint32_t>(now));
        now = __atomic_load_n(visitors, __ATOMIC_ACQUIRE);
    }
}

} // namespace hermit::glue
