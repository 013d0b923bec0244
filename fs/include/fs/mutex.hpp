// A mutex whose waiters sleep: file contents are copied under it, with interrupts on.
#pragma once

#include <fs/environment.hpp>
#include <sync/annotations.hpp>

#include <atomic>
#include <cstdint>

namespace hermit::fs {

/// 0 free, 1 held, 2 held and perhaps waited for. Not recursive. Thread context.
class HERMIT_CAPABILITY("mutex") Mutex {
  public:
    constexpr Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    void lock() HERMIT_ACQUIRE() {
        std::uint32_t expected = 0;
        // Acquire pairs with the release in unlock().
        if (state_.compare_exchange_strong(expected, 1, std::memory_order_acquire)) [[likely]] {
            return;
        }
        while (state_.exchange(2, std::memory_order_acquire) != 0) {
            environment().wait(word(), 2);
        }
    }
    void unlock() HERMIT_RELEASE() {
        if (state_.exchange(0, std::memory_order_release) == 2) {
            environment().wake(word(), 1);
        }
    }

  private:
    const std::uint32_t* word() const { return reinterpret_cast<const std::uint32_t*>(&state_); }

    std::atomic<std::uint32_t> state_{0};
};

/// Holds a Mutex for a scope.
class HERMIT_SCOPED_CAPABILITY MutexGuard {
  public:
    explicit MutexGuard(Mutex& mutex) HERMIT_ACQUIRE(mutex) : mutex_{mutex} { mutex_.lock(); }
    ~MutexGuard() HERMIT_RELEASE() { mutex_.unlock(); }
    MutexGuard(const MutexGuard&) = delete;
    MutexGuard& operator=(const MutexGuard&) = delete;

  private:
    Mutex& mutex_;
};

} // namespace hermit::fs
