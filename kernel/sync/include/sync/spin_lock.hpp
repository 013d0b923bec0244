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
    kConfiguration = 45, // of PCI devices
    kAppMemory = 50,
    kPageTable = 60,
    kHeap = 70,
    kFrames = 80,
    kDevice = 90,
    kConsole = 100,
};

namespace detail {
// Debug builds only.
void rank_acquired(LockRank rank);
void rank_released(LockRank rank);
} // namespace detail

/// Whether a core may stop for milliseconds at any instruction, because a hypervisor or emulator
/// runs something else on its processor. Waiters that then take turns wait for whoever is next to
/// be run again, at each hand-over: take turns only on a machine of our own. Set once, with no lock
/// held.
[[gnu::section(".data")]] inline constinit bool cores_are_shared = false;

/// Those who have to wait take turns and let nobody pass; where cores are shared, whoever comes
/// while the lock is free takes it. Free, it costs one locked instruction, which on x86 is a full
/// barrier as well ([intel/vol3] §8.2.2): what follows `lock()` is read after what was written
/// before it. 8 bytes.
class HERMIT_CAPABILITY("spin lock") SpinLock {
  public:
    explicit constexpr SpinLock([[maybe_unused]] LockRank rank)
#ifdef HERMIT_DEBUG
        : rank_{rank}
#endif
    {
    }
    SpinLock(const SpinLock&) = delete;
    SpinLock& operator=(const SpinLock&) = delete;

    /// Interrupts off; prefer `SpinGuard`.
    void lock() HERMIT_ACQUIRE() {
#ifdef HERMIT_DEBUG
        detail::rank_acquired(rank_);
#endif
        if (!take(0, kHeld)) [[unlikely]] {
            wait_and_take();
        }
    }
    void unlock() HERMIT_RELEASE() {
        // The first byte alone: the others count those who wait, and change meanwhile.
        __atomic_store_n(reinterpret_cast<std::uint8_t*>(&state_), 0, __ATOMIC_RELEASE);
#ifdef HERMIT_DEBUG
        detail::rank_released(rank_);
#endif
    }
    /// Acquire: who finds it free sees what its last holder did.
    bool is_locked() const { return state_.load(std::memory_order_acquire) != 0; }

  private:
    static constexpr std::uint32_t kHeld = 1;
    static constexpr std::uint32_t kHeldMask = 0xFF;
    static constexpr std::uint32_t kOneWaiter = 0x100;

    /// Acquire pairs with the release in unlock().
    bool take(std::uint32_t found, std::uint32_t changed) {
        return state_.compare_exchange_strong(found, changed, std::memory_order_acquire,
                                              std::memory_order_relaxed);
    }
    // Inline: a call would cost every user of the lock the registers that it may change.
    [[gnu::always_inline]] void wait_and_take() {
        if (cores_are_shared) {
            do {
                while (state_.load(std::memory_order_relaxed) != 0) {
                    asm volatile("pause");
                }
            } while (!take(0, kHeld));
            return;
        }
        // Counted as waiting, so that nobody finds the lock untouched and takes it out of turn.
        state_.fetch_add(kOneWaiter, std::memory_order_relaxed);
        const std::uint16_t ticket = next_.fetch_add(1, std::memory_order_relaxed);
        while (serving_.load(std::memory_order_relaxed) != ticket) {
            asm volatile("pause");
        }
        std::uint32_t found = 0;
        do { // first in the line, and the only one to take it
            while (((found = state_.load(std::memory_order_relaxed)) & kHeldMask) != 0) {
                asm volatile("pause");
            }
        } while (!take(found, found - kOneWaiter + kHeld));
        serving_.store(static_cast<std::uint16_t>(ticket + 1), std::memory_order_relaxed);
    }

    std::atomic<std::uint32_t> state_{0}; // held, and above that the number of those who wait
    std::atomic<std::uint16_t> next_{0};  // tickets of those who wait
    std::atomic<std::uint16_t> serving_{0};
#ifdef HERMIT_DEBUG
    LockRank rank_;
#endif
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

    /// Calls `function(const T&)` without the lock if nobody holds it, and says whether it did: for
    /// reports of crashes, when no other core runs.
    template <class Function>
    bool if_free(Function&& function) const {
        if (lock_.is_locked()) {
            return false;
        }
        function(value_);
        return true;
    }

  private:
    SpinLock lock_;
    T value_;
};

} // namespace hermit
