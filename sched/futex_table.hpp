// Who waits on which word: buckets of waiters by the word's address.
#pragma once

#include <sched/futex.hpp>
#include <sched/wait.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::sched {

/// In a cache line of its own.
struct alignas(64) FutexBucket {
    SpinLock lock{LockRank::kFutexBucket};
    std::atomic<FutexWaiter*> first{nullptr};
    FutexWaiter* last = nullptr;

    /// Whether nobody waits or is about to, as a waker sees it who has changed the word before.
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
