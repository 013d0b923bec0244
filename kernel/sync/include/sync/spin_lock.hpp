// Spinlocks. Held only with interrupts off, so that "interrupts on" means preemptible; in debug
// builds a rank per lock shows an order that could deadlock.
#pragma once

#include <base/assert.hpp>
#include <sync/annotations.hpp>
#include <sync/irq_guard.hpp>

#include <atomic>
#include <cstdint>

namespace hermit {

/// The order in which locks may be taken: only ever a lock of higher rank than those held.
enum class LockRank : std::uint8_t {
    kThreads = 5,
    kFutexBucket = 10,
    kScheduler = 20,
    kFileSystem = 30,
    kDescriptor = 40,
    kAppMemory = 50,
    kPageTable = 60,
    kHeap = 70,
    kFrames = 80,
    kDevice = 90,
    kConsole = 100,
};

namespace detail {
#ifdef HERMIT_DEBUG
void rank_acquired(LockRank rank);
void rank_released(LockRank rank);
#else
inline void rank_acquired(LockRank) {}
inline void rank_released(LockRank) {}
#endif
} // namespace detail

/// Whether a core may stop for milliseconds at any instruction, because a hypervisor or emulator
/// runs something else on its processor. Waiters that then take turns wait for whoever is next to
/// be run again, at each hand-over: take turns only on a machine of our own. Set once, with no lock
/// held.
[[gnu::section(".data")]] inline constinit bool cores_are_shared = false;

/// A ticket lock, first come, first served; where cores are shared, whoever comes while it is free.
/// 8 bytes.
class HERMIT_CAPABILITY("spin lock") SpinLock {
  public:
    explicit constexpr SpinLock(LockRank rank) : rank_{rank} {}
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

    /// Interrupts off; prefer `SpinGuard`.
    void lock() HERMIT_ACQUIRE() {
        detail::rank_acquired(rank_);
        if (cores_are_shared) {
            // Acquire pairs with the release in unlock().
            while (held_.exchange(true, std::memory_order_acquire)) {
                while (held_.load(std::memory_order_relaxed)) {
                    asm volatile("pause");
                }
            }
            return;
        }
        const std::uint16_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
        // Acquire pairs with the release in unlock().
        while (serving_.load(std::memory_order_acquire) != ticket) {
            asm volatile("pause");
        }
    }
    void unlock() HERMIT_RELEASE() {
        if (cores_are_shared) {
            held_.store(false, std::memory_order_release);
        } else {
            // Only the holder writes `serving_`, so a plain increment will do.
            serving_.store(static_cast<std::uint16_t>(serving_.load(std::memory_order_relaxed) + 1),
                           std::memory_order_release);
        }
        detail::rank_released(rank_);
    }
    bool is_locked() const {
        return held_.load(std::memory_order_relaxed) ||
               serving_.load(std::memory_order_relaxed) != next_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<std::uint16_t> next_{0};
    std::atomic<std::uint16_t> serving_{0};
    std::atomic<bool> held_{false};
    LockRank rank_;
};

/// Holds a SpinLock with interrupts off for a scope.
class HERMIT_SCOPED_CAPABILITY SpinGuard {
  public:
    explicit SpinGuard(SpinLock& lock) HERMIT_ACQUIRE(lock) : lock_{lock} { lock_.lock(); }
    ~SpinGuard() HERMIT_RELEASE() { lock_.unlock(); }
    SpinGuard(const SpinGuard&) = delete;
    SpinGuard& operator=(const SpinGuard&) = delete;

  private:
    IrqGuard irq_; // first member: off before the lock is taken, restored after it is released
    SpinLock& lock_;
};

/// Data that can only be reached with its lock held.
template <class T>
class Protected {
  public:
    template <class... Arguments>
    explicit constexpr Protected(LockRank rank, Arguments&&... arguments)
        : lock_{rank}, value_(static_cast<Arguments&&>(arguments)...) {}

    /// Calls `function(T&)` under the lock and returns what it returns.
    template <class Function>
    decltype(auto) with(Function&& function) {
        const SpinGuard guard{lock_};
        return function(value_);
    }

  private:
    SpinLock lock_;
    T value_;
};

} // namespace hermit
