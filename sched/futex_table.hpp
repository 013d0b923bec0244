// Who waits on which word: buckets of waiters by the word's address.
#pragma once

#include <sched/task.hpp>
#include <sync/spin_lock.hpp>

namespace hermit::sched {

struct FutexBucket;

/// One task's wait on one word, on the waiter's stack. A task that waits on several words has as
/// many of these; claiming the task decides between them.
struct FutexWaiter {
    FutexWaiter* next = nullptr;
    FutexWaiter* previous = nullptr;
    const std::uint32_t* word;
    Task* task;
    std::uint32_t bits;
    /// Where it is queued; null once a waker, who has claimed the task, has taken it out. Changed
    /// under the bucket's lock.
    std::atomic<FutexBucket*> bucket{nullptr};
};

/// In a cache line of its own.
struct alignas(64) FutexBucket {
    SpinLock lock{LockRank::kFutexBucket};
    /// Number of waiters queued here, read by wakers without the lock. Changed under the lock.
    std::atomic<std::uint32_t> waiters{0};
    FutexWaiter* first = nullptr;
    FutexWaiter* last = nullptr;

    /// Adds a waiter. The lock is held. Orders the count before the reads that follow.
    void add(FutexWaiter& waiter);
    /// Takes a waiter out. The lock is held.
    void remove(FutexWaiter& waiter);
    /// Takes a waiter to another bucket (or the end of this one). Both locks are held.
    void move(FutexWaiter& waiter, FutexBucket& target);

  private:
    void unlink(FutexWaiter& waiter);
};

FutexBucket& futex_bucket(const std::uint32_t* word);

} // namespace hermit::sched
