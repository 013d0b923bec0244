#include <sched/futex.hpp>

#include <sched/wait.hpp>

#include "futex_table.hpp"

#include <sync/irq_guard.hpp>

namespace hermit::sched {

constinit FutexBucket futex_buckets[1 << kFutexBucketBits];

namespace {

std::uint32_t load(const std::uint32_t* word) { return __atomic_load_n(word, __ATOMIC_SEQ_CST); }

/// Takes a waiter out whose task was claimed by no waker.
void withdraw(FutexWaiter& waiter) {
    bool here = false;
    while (!here) {
        FutexBucket* const bucket = waiter.bucket.load(std::memory_order_relaxed);
        bucket->lock.lock();
        // A requeue may have moved it meanwhile, under both buckets' locks.
        here = waiter.bucket.load(std::memory_order_relaxed) == bucket;
        if (here) {
            bucket->remove(waiter);
        }
        bucket->lock.unlock();
    }
}

/// Tasks that were claimed under a bucket's lock and are made ready without it: what follows a
/// wake-up must not lengthen the time that others wait for the bucket.
class Claimed {
  public:
    /// Takes the waiter out and claims its task; false if the task was claimed by others.
    bool take(FutexBucket& bucket, FutexWaiter& waiter) {
        Task& task = *waiter.task;
        if (!claim(task, WakeReason::kWoken)) [[unlikely]] {
            return false; // it withdraws by itself
        }
        bucket.remove(waiter);
        task.inbox_next = nullptr;
        if (first_ == nullptr) [[likely]] {
            first_ = &task;
        } else {
            last_->inbox_next = &task;
        }
        last_ = &task;
        return true;
    }
    void make_all_ready() {
        for (Task* task = first_; task != nullptr;) {
            Task* const next = task->inbox_next;
            make_ready(*task);
            task = next;
        }
    }

  private:
    Task* first_ = nullptr;
    Task* last_ = nullptr;
};

/// Holds one or two buckets' locks, in the order of their addresses.
class TwoBuckets {
  public:
    TwoBuckets(FutexBucket& a, FutexBucket& b) HERMIT_NO_THREAD_SAFETY : low_{&a < &b ? a : b},
                                                                         high_{&a < &b ? b : a} {
        low_.lock.lock();
        if (&low_ != &high_) {
            high_.lock.lock();
        }
    }
    ~TwoBuckets() HERMIT_NO_THREAD_SAFETY {
        if (&low_ != &high_) {
            high_.lock.unlock();
        }
        low_.lock.unlock();
    }
    TwoBuckets(const TwoBuckets&) = delete;
    TwoBuckets& operator=(const TwoBuckets&) = delete;

  private:
    FutexBucket& low_;
    FutexBucket& high_;
};

// The parts of waiting and waking that need registers and a lock are kept apart from the checks
// before them, which often are all there is to do.

[[gnu::noinline]] FutexResult wait_in_bucket(const std::uint32_t* word, std::uint32_t expected,
                                             std::uint64_t deadline_ns, std::uint32_t bits) {
    FutexBucket& bucket = futex_bucket(word);
    const IrqGuard irq;
    Task& task = begin_wait();
    FutexWaiter waiter;
    waiter.word = word;
    waiter.task = &task;
    waiter.bits = bits;
    bucket.lock.lock();
    bucket.add(waiter);
    // The waiter appears, then the word is read; a waker changes the word, then looks for waiters.
    // In the single order of these four, one of the two sees the other.
    if (load(word) != expected && claim(task, WakeReason::kWoken)) [[unlikely]] {
        bucket.remove(waiter);
        bucket.lock.unlock();
        return FutexResult::kValueChanged;
    }
    bucket.lock.unlock();
    // If the word has changed but somebody (`interrupt`) was faster to claim the task, it is on its
    // way to a ready queue and has to be fetched from there by blocking.
    const WakeReason reason = block(task, deadline_ns);
    if (reason == WakeReason::kWoken) [[likely]] {
        return FutexResult::kWoken;
    }
    withdraw(waiter);
    return reason == WakeReason::kTimedOut ? FutexResult::kTimedOut : FutexResult::kInterrupted;
}

[[gnu::noinline]] unsigned wake_in_bucket(FutexBucket& bucket, const std::uint32_t* word,
                                          unsigned count, std::uint32_t bits) {
    Claimed claimed;
    unsigned woken = 0;
    const IrqGuard irq;
    bucket.lock.lock();
    for (FutexWaiter* waiter = bucket.first; waiter != nullptr;) {
        FutexWaiter* const next = waiter->next;
        if (waiter->word == word && (waiter->bits & bits) != 0 && claimed.take(bucket, *waiter) &&
            ++woken >= count) {
            break;
        }
        waiter = next;
    }
    bucket.lock.unlock();
    claimed.make_all_ready();
    return woken;
}

} // namespace

FutexResult futex_wait(const std::uint32_t* word, std::uint32_t expected, std::uint64_t deadline_ns,
                       std::uint32_t bits) {
    // Once without the lock as well: a first touch of the word's page should not happen under it.
    if (load(word) != expected) {
        return FutexResult::kValueChanged;
    }
    return wait_in_bucket(word, expected, deadline_ns, bits);
}

unsigned futex_wake(const std::uint32_t* word, unsigned count, std::uint32_t bits) {
    FutexBucket& bucket = futex_bucket(word);
    // The caller's change of the word before the look for waiters: see wait_in_bucket().
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (bucket.last.load(std::memory_order_seq_cst) == nullptr || count == 0) {
        return 0;
    }
    return wake_in_bucket(bucket, word, count, bits);
}

int futex_requeue(const std::uint32_t* word, std::uint32_t expected, unsigned wake,
                  const std::uint32_t* target, unsigned move) {
    if (load(word) != expected) {
        return -1;
    }
    FutexBucket& from = futex_bucket(word);
    FutexBucket& to = futex_bucket(target);
    Claimed claimed;
    unsigned woken = 0;
    unsigned moved = 0;
    const IrqGuard irq;
    {
        const TwoBuckets locked{from, to};
        if (load(word) != expected) {
            return -1;
        }
        FutexWaiter* const last =
            from.last.load(std::memory_order_relaxed); // what is moved may come behind it
        FutexWaiter* waiter = from.first;
        while (waiter != nullptr && (woken < wake || moved < move)) {
            FutexWaiter* const next = waiter == last ? nullptr : waiter->next;
            if (waiter->word == word) {
                if (woken < wake) {
                    woken += claimed.take(from, *waiter) ? 1 : 0;
                } else {
                    waiter->word = target;
                    from.move(*waiter, to);
                    ++moved;
                }
            }
            waiter = next;
        }
    }
    claimed.make_all_ready();
    return static_cast<int>(woken + moved);
}

} // namespace hermit::sched
