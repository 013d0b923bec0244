// Mutexes. A plain mutex's lock and unlock are one compare-and-exchange each, over lock word and
// kind together: any other kind, or a waiter, makes it fail and takes the long way. In assembly,
// because the compiler does not see that a successful exchange leaves the 0 to be returned.
#pragma once

#include "sync/word.hpp"

#include <pthread.h>

namespace hermit::glue {

using LockAndKind [[gnu::may_alias]] = std::uint64_t;
static_assert(offsetof(pthread_mutex_t, __lock) == 0 && offsetof(pthread_mutex_t, __kind) == 4 &&
              alignof(pthread_mutex_t) == 8 && PTHREAD_MUTEX_NORMAL == 0);

/// Returns 0 or an error number, as POSIX's functions do.
int lock_slowly(pthread_mutex_t& mutex, std::uint64_t deadline_ns);
int unlock_slowly(pthread_mutex_t& mutex);

/// Sequentially consistent, as every locked instruction. True if the value was `expected`, which
/// becomes the value found.
inline bool exchange(pthread_mutex_t& mutex, LockAndKind& expected, LockAndKind desired) {
    bool equal;
    asm volatile("lock cmpxchgq %3, %1"
                 : "=@ccz"(equal), "+m"(reinterpret_cast<LockAndKind&>(mutex)), "+a"(expected)
                 : "r"(desired)
                 : "memory");
    return equal;
}

inline int lock(pthread_mutex_t& mutex, std::uint64_t deadline_ns = sched::kForever) {
    LockAndKind found = kFree;
    if (exchange(mutex, found, kHeld)) [[likely]] {
        return static_cast<int>(found);
    }
    return lock_slowly(mutex, deadline_ns);
}

inline int unlock(pthread_mutex_t& mutex) {
    LockAndKind found = kHeld;
    if (exchange(mutex, found, kFree)) [[likely]] {
        return 0;
    }
    return unlock_slowly(mutex);
}

/// Takes a mutex back after a condition wait, a recursive one as often as it was held.
void lock_to_depth(pthread_mutex_t& mutex, int count);
/// Gives a mutex up entirely and returns its depth for `lock_to_depth`; −1 if it is not the
/// caller's to give up.
int unlock_fully(pthread_mutex_t& mutex);

} // namespace hermit::glue
