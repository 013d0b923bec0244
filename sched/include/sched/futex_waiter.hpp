// One task's wait on one futex word.
#pragma once

#include <atomic>
#include <cstdint>

namespace hermit::sched {

struct FutexBucket;
struct Task;

inline constexpr std::uint32_t kAnyBit = ~std::uint32_t{0};

/// In the task, for the one wait that most tasks make at a time. A task that waits on several words
/// has more of these; claiming the task decides between them.
struct FutexWaiter {
    Task* task;
    FutexWaiter* next = nullptr;
    FutexWaiter* previous = nullptr;
    const std::uint32_t* word = nullptr;
    std::uint32_t bits = kAnyBit;
    /// Where it is queued; null once a waker, who has claimed the task, has taken it out. Changed
    /// under the bucket's lock.
    std::atomic<FutexBucket*> bucket{nullptr};
};

} // namespace hermit::sched
