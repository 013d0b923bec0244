// A counting semaphore on which tasks block, with time-outs. [thesis] 2.1.4.
#pragma once

#include <sched/futex.hpp>
#include <sched/task.hpp>

#include <atomic>

namespace hermit::sched {

/// Value and number of waiters share one word, so that releasing learns of waiters in the same step
/// that gives the value away: afterwards the semaphore may be gone. All zeros is value 0.
class Semaphore {
  public:
    explicit constexpr Semaphore(std::uint32_t value = 0) : state_{value} {}
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;

    /// Takes one if there is one. Any context.
    bool try_acquire() {
        std::uint64_t state = state_.load(std::memory_order_relaxed);
        while (static_cast<std::uint32_t>(state) != 0) {
            // Acquire pairs with the release in release().
            if (state_.compare_exchange_weak(state, state - 1, std::memory_order_acquire,
                                             std::memory_order_relaxed)) {
                return true;
            }
        }
        return false;
    }

    /// Takes one, waiting for it until `deadline_ns` (now_ns() time). Returns kWoken if it has one,
    /// kTimedOut or kInterrupted if not. Thread context.
    WakeReason acquire(std::uint64_t deadline_ns = kForever) {
        return try_acquire() ? WakeReason::kWoken : wait(deadline_ns);
    }

    /// Adds one and wakes a waiter. Any context, interrupt handlers included. Whoever acquires it
    /// may destroy the semaphore, even before this returns.
    void release() {
        if (state_.fetch_add(1, std::memory_order_release) >= kOneWaiter) {
            futex_wake_waiter(word());
        }
    }

    std::uint32_t value() const {
        return static_cast<std::uint32_t>(state_.load(std::memory_order_relaxed));
    }

  private:
    static constexpr std::uint64_t kOneWaiter = std::uint64_t{1} << 32;

    WakeReason wait(std::uint64_t deadline_ns);
    /// The value: the lower half.
    const std::uint32_t* word() const { return reinterpret_cast<const std::uint32_t*>(&state_); }

    std::atomic<std::uint64_t> state_;
};

} // namespace hermit::sched
