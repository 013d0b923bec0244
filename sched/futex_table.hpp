// Who waits on which word: buckets of waiters by the word's address.
#pragma once

#include <sched/task.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::sched {

struct FutexBucket;

/// One task's wait on one word, on the waiter's stack. A task that waits on several words has as
/// many of these; claiming the task decides between them.
struct FutexWaiter {
    FutexWaiter* next;
    FutexWaiter* previous;
    const std::uint32_t* word;
    Task* task;
    std::uint32_t bits;
    /// Where it is queued, until it withdraws or a waker, who has claimed the task, has taken it
    /// out. Changed under the bucket's lock.
    std::atomic<FutexBucket*> bucket;
};

/// In a cache line of its own.
struct alignas(64) FutexBucket {
    SpinLock lock{LockRank::kFutexBucket};
    FutexWaiter* first = nullptr;
    /// Null if nobody waits, as wakers see without the lock.
    std::atomic<FutexWaiter*> last{nullptr};

    /// Adds a waiter. The lock is held. Orders its appearance before the reads that follow.
    void add(FutexWaiter& waiter) {
        waiter.bucket.store(this, std::memory_order_relaxed);
        waiter.next = nullptr;
        FutexWaiter* const previous = last.exchange(&waiter, std::memory_order_seq_cst);
        waiter.previous = previous;
        (previous == nullptr ? first : previous->next) = &waiter;
    }

    /// Takes a waiter out. The lock is held.
    void remove(FutexWaiter& waiter) {
        FutexWaiter* const next = waiter.next;
        FutexWaiter* const previous = waiter.previous;
        (previous == nullptr ? first : previous->next) = next;
        if (next == nullptr) {
            last.store(previous, std::memory_order_relaxed);
        } else {
            next->previous = previous;
        }
    }

    /// Takes a waiter to another bucket (or the end of this one). Both locks are held.
    void move(FutexWaiter& waiter, FutexBucket& target) {
        remove(waiter);
        target.add(waiter);
    }
};

inline constexpr unsigned kFutexBucketBits = 8;
extern FutexBucket futex_buckets[1 << kFutexBucketBits];

inline FutexBucket& futex_bucket(const std::uint32_t* word) {
    // Fibonacci hashing: neighbouring words and words at equal offsets in large structures spread.
    const std::uint64_t product =
        (reinterpret_cast<std::uintptr_t>(word) >> 2) * 0x9E37'79B9'7F4A'7C15;
    return futex_buckets[product >> (64 - kFutexBucketBits)];
}

} // namespace hermit::sched
