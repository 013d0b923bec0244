#include "futex_table.hpp"

namespace hermit::sched {
namespace {

constexpr unsigned kBucketBits = 8;
constinit FutexBucket buckets[1 << kBucketBits];

} // namespace

void FutexBucket::add(FutexWaiter& waiter) {
    waiter.bucket.store(this, std::memory_order_relaxed);
    waiter.next = nullptr;
    waiter.previous = last;
    (last == nullptr ? first : last->next) = &waiter;
    last = &waiter;
    waiters.fetch_add(1, std::memory_order_seq_cst);
}

void FutexBucket::remove(FutexWaiter& waiter) {
    waiter.bucket.store(nullptr, std::memory_order_relaxed);
    unlink(waiter);
}

void FutexBucket::move(FutexWaiter& waiter, FutexBucket& target) {
    unlink(waiter);
    target.add(waiter); // never null in between: the waiter itself may look without a lock
}

void FutexBucket::unlink(FutexWaiter& waiter) {
    (waiter.previous == nullptr ? first : waiter.previous->next) = waiter.next;
    (waiter.next == nullptr ? last : waiter.next->previous) = waiter.previous;
    // Only the lock's holder writes, so that no locked instruction is needed.
    waiters.store(waiters.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
}

FutexBucket& futex_bucket(const std::uint32_t* word) {
    // Fibonacci hashing: neighbouring words and words at equal offsets in large structures spread.
    const std::uint64_t product =
        (reinterpret_cast<std::uintptr_t>(word) >> 2) * 0x9E37'79B9'7F4A'7C15;
    return buckets[product >> (64 - kBucketBits)];
}

} // namespace hermit::sched
