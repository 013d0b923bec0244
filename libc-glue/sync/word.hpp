// A lock in one word: 0 free, 1 held, 2 held and somebody may wait. Under mutexes and the libc's
// locks.
#pragma once

#include <sched/futex.hpp>

#include <climits>
#include <cstdint>

namespace hermit::glue {

/// The words of POSIX objects are `int`; the scheduler's futexes are unsigned.
inline const std::uint32_t* futex_word(const int* word) {
    return reinterpret_cast<const std::uint32_t*>(word);
}

enum WordState { kFree = 0, kHeld = 1, kHeldAwaited = 2 };

/// Acquire pairs with the release in `release_word`.
inline bool try_acquire_word(int* word) {
    int expected = kFree;
    return __atomic_compare_exchange_n(word, &expected, kHeld, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/// Takes the lock, waiting if need be. False if `deadline_ns` passed.
bool acquire_word_slowly(int* word, std::uint64_t deadline_ns);

inline bool acquire_word(int* word, std::uint64_t deadline_ns = sched::kForever) {
    return try_acquire_word(word) || acquire_word_slowly(word, deadline_ns);
}

inline void release_word(int* word) {
    if (__atomic_exchange_n(word, kFree, __ATOMIC_RELEASE) == kHeldAwaited) [[unlikely]] {
        // Only the address is used: the lock may be gone already.
        sched::futex_wake_waiter(futex_word(word));
    }
}

} // namespace hermit::glue
