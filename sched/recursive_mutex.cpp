#include <sched/recursive_mutex.hpp>

#include <sched/wait.hpp>

#include <base/assert.hpp>

namespace hermit::sched {

/// Only the owner can find itself here, so no order is needed.
bool RecursiveMutex::enter_again(const Task& self) {
    if (owner_.load(std::memory_order_relaxed) != &self) {
        return false;
    }
    ++depth_;
    return true;
}

bool RecursiveMutex::lock(std::uint64_t deadline_ns) {
    const Task& self = waiting_task();
    if (enter_again(self)) {
        return true;
    }
    WakeReason reason;
    do {
        reason = free_.acquire(deadline_ns);
    } while (reason == WakeReason::kInterrupted);
    if (reason == WakeReason::kTimedOut) {
        return false;
    }
    owner_.store(&self, std::memory_order_relaxed);
    depth_ = 1;
    return true;
}

bool RecursiveMutex::try_lock() {
    const Task& self = waiting_task();
    if (enter_again(self)) {
        return true;
    }
    if (!free_.try_acquire()) {
        return false;
    }
    owner_.store(&self, std::memory_order_relaxed);
    depth_ = 1;
    return true;
}

void RecursiveMutex::unlock() {
    ASSERT(owner_.load(std::memory_order_relaxed) == &waiting_task());
    if (--depth_ == 0) {
        owner_.store(nullptr, std::memory_order_relaxed);
        free_.release();
    }
}

} // namespace hermit::sched
