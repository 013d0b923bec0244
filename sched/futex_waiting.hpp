// Joining and leaving those who wait on a word.
#pragma once

#include <sched/futex_bucket.hpp>
#include <sched/wait.hpp>

namespace hermit::sched {

inline std::uint32_t load_futex(const std::uint32_t* word) {
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

/// Adds a waiter of `task`, the current one, if the word has the expected value, and begins its
/// wait unless that has begun with another waiter. Interrupts off.
template <bool kBegin>
[[gnu::always_inline]] inline bool join_waiters(Task& task, FutexWaiter& waiter,
                                                const std::uint32_t* word, std::uint32_t expected) {
    FutexBucket& bucket = futex_bucket(word);
    waiter.word = word;
    bucket.lock.lock();
    // A waker changes the word, then looks whether the lock is held or somebody waits; here the
    // lock is taken, then the word is read. One of the two sees the other.
    if (load_futex(word) != expected) [[unlikely]] {
        bucket.lock.unlock();
        return false;
    }
    if constexpr (kBegin) {
        begin_wait(task);
    }
    bucket.add(waiter);
    bucket.lock.unlock();
    return true;
}

/// Takes a waiter out, unless a waker has done so. Interrupts off.
inline void withdraw_waiter(FutexWaiter& waiter) {
    // A requeue may take it from one bucket to another, under both buckets' locks.
    while (FutexBucket* const bucket = waiter.bucket.load(std::memory_order_relaxed)) {
        bucket->lock.lock();
        if (waiter.bucket.load(std::memory_order_relaxed) == bucket) {
            bucket->remove(waiter);
        }
        bucket->lock.unlock();
    }
}

} // namespace hermit::sched
