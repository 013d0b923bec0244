#include <sched/futex.hpp>

#include "futex_waiting.hpp"

#include <sync/irq_guard.hpp>

namespace hermit::sched {

constinit FutexBucket futex_buckets[1 << kFutexBucketBits];

namespace {

/// Whether a waiter is to be woken, and is claimed for that. Under the bucket's lock. One whose
/// task was claimed by others withdraws by itself.
inline bool claim_waiter(FutexWaiter& waiter, const std::uint32_t* word, std::uint32_t bits) {
    return waiter.word == word && (bits == kAnyBit || (waiter.bits & bits) != 0) &&
           claim(*waiter.task, WakeReason::kWoken);
}

/// Tasks that were claimed under a bucket's lock and are made ready without it: what follows a
/// wake-up must not lengthen the time that others wait for the bucket.
class Claimed {
  public:
    void add(Task& task) {
        task.inbox_next = nullptr;
        *last_ = &task;
        last_ = &task.inbox_next;
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
    Task** last_ = &first_;
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

[[gnu::noinline]] FutexResult end_wait(WakeReason reason) {
    withdraw_waiter(waiting_task().futex_waiter);
    return reason == WakeReason::kTimedOut ? FutexResult::kTimedOut : FutexResult::kInterrupted;
}

FutexResult result_of(WakeReason reason) {
    return reason == WakeReason::kWoken ? FutexResult::kWoken : end_wait(reason);
}

} // namespace

// The word is read once before there is a lock as well: its page should not be touched for the
// first time under it.

FutexResult futex_wait(const std::uint32_t* word, std::uint32_t expected) {
    if (load_futex(word) != expected) {
        return FutexResult::kValueChanged;
    }
    const ThreadIrqGuard irq;
    Task& task = waiting_task();
    if (!join_waiters<true>(task, task.futex_waiter, word, expected)) [[unlikely]] {
        return FutexResult::kValueChanged;
    }
    return result_of(block(task));
}

FutexResult futex_wait(const std::uint32_t* word, std::uint32_t expected, std::uint64_t deadline_ns,
                       std::uint32_t bits) {
    if (load_futex(word) != expected) {
        return FutexResult::kValueChanged;
    }
    const ThreadIrqGuard irq;
    Task& task = waiting_task();
    task.futex_waiter.bits = bits;
    FutexResult result = FutexResult::kValueChanged;
    if (join_waiters<true>(task, task.futex_waiter, word, expected)) {
        result = result_of(block(task, deadline_ns));
    }
    task.futex_waiter.bits = kAnyBit;
    return result;
}

unsigned futex_wake_waiters(const std::uint32_t* word, unsigned count, std::uint32_t bits) {
    FutexBucket& bucket = futex_bucket(word);
    Claimed claimed;
    unsigned woken = 0;
    const IrqGuard irq;
    bucket.lock.lock();
    for (FutexWaiter* waiter = bucket.first; waiter != nullptr && woken < count;) {
        FutexWaiter* const next = waiter->next;
        if (claim_waiter(*waiter, word, bits)) {
            bucket.remove(*waiter);
            claimed.add(*waiter->task);
            ++woken;
        }
        waiter = next;
    }
    bucket.lock.unlock();
    claimed.make_all_ready();
    return woken;
}

void futex_wake_waiter(const std::uint32_t* word) {
    FutexBucket& bucket = futex_bucket(word);
    const IrqGuard irq;
    bucket.lock.lock();
    FutexWaiter* waiter = bucket.first;
    while (waiter != nullptr && !claim_waiter(*waiter, word, kAnyBit)) {
        waiter = waiter->next;
    }
    if (waiter == nullptr) [[unlikely]] {
        bucket.lock.unlock();
        return;
    }
    Task& task = *waiter->task;
    bucket.remove(*waiter);
    bucket.lock.unlock();
    make_ready(task);
}

int futex_requeue(const std::uint32_t* word, std::uint32_t expected, unsigned wake,
                  const std::uint32_t* target, unsigned move) {
    if (load_futex(word) != expected) {
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
        if (load_futex(word) != expected) {
            return -1;
        }
        FutexWaiter* const last = from.last; // what is moved may come behind it
        FutexWaiter* waiter = from.first;
        while (waiter != nullptr && (woken < wake || moved < move)) {
            FutexWaiter* const next = waiter == last ? nullptr : waiter->next;
            if (waiter->word == word && woken < wake) {
                if (claim_waiter(*waiter, word, kAnyBit)) {
                    from.remove(*waiter);
                    claimed.add(*waiter->task);
                    ++woken;
                }
            } else if (waiter->word == word) {
                waiter->word = target;
                from.unlink(*waiter);
                to.add(*waiter);
                ++moved;
            }
            waiter = next;
        }
    }
    claimed.make_all_ready();
    return static_cast<int>(woken + moved);
}

} // namespace hermit::sched
