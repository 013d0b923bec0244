// Who waits on which word: buckets of waiters by the word's address.
#pragma once

#include <sched/futex_waiter.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::sched {

/// In a cache line of its own.
struct alignas(64) FutexBucket {
    SpinLock lock{LockRank::kFutexBucket};
    std::atomic<FutexWaiter*> first{nullptr};
    FutexWaiter* last = nullptr;

    /// Whether nobody waits or is about to, as a waker sees it who has changed the word and made
    /// that visible before.
    bool is_empty() const {
        // In this order: who is not seen to hold the lock has either added its waiter already or
        // will read the changed word, for it reads it after taking the lock.
        return !lock.is_locked() && first.load(std::memory_order_relaxed) == nullptr;
    }

    /// Adds a waiter. The lock is held.
    void add(FutexWaiter& waiter) {
        FutexWaiter* const previous = last;
        waiter.bucket.store(this, std::memory_order_relaxed);
        waiter.next = nullptr;
        waiter.previous = previous;
        last = &waiter;
        if (previous == nullptr) [[likely]] {
            first.store(&waiter, std::memory_order_relaxed);
        } else {
            previous->next = &waiter;
        }
    }

    /// Takes a waiter out. The lock is held.
    void remove(FutexWaiter& waiter) {
        waiter.bucket.store(nullptr, std::memory_order_relaxed);
        unlink(waiter);
    }
    /// The same for a waiter that is added to another bucket at once, so that it always has one.
    void unlink(FutexWaiter& waiter) {
        FutexWaiter* const next = waiter.next;
        FutexWaiter* const previous = waiter.previous;
        if (previous == nullptr) [[likely]] {
            first.store(next, std::memory_order_relaxed);
        } else {
            previous->next = next;
        }
        if (next == nullptr) [[likely]] {
            last = previous;
        } else {
            next->previous = previous;
        }
    }
};

inline constexpr unsigned kFutexBucketBits = 8;
extern FutexBucket futex_buckets[1 << kFutexBucketBits];

inline FutexBucket& futex_bucket(const std::uint32_t* word) {
    // Fibonacci hashing: neighbouring words and words at equal offsets in large structures spread.
    // The factor is the golden ratio's, of 32 bits, which fits into the instruction; the bits taken
    // depend on those of the address up to the 36th.
    const std::uint64_t product = reinterpret_cast<std::uintptr_t>(word) * 0xFFFF'FFFF'9E37'79B1;
    FutexBucket* bucket = &futex_buckets[product >> 28 & ((1 << kFutexBucketBits) - 1)];
    // One pointer to it, where the compiler would compute every member's address from the index.
    asm("" : "+r"(bucket));
    return *bucket;
}

} // namespace hermit::sched
