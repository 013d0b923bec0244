// Futexes: waiting on a 32-bit word, as plain functions. The primitive under pthreads and libgomp.
#pragma once

#include <sched/futex_bucket.hpp>
#include <sched/timer_queue.hpp>

#include <cstdint>

namespace hermit::sched {

enum class FutexResult : std::uint8_t { kWoken, kValueChanged, kTimedOut, kInterrupted };

/// Blocks while `*word == expected` until a wake-up whose bits intersect `bits`, or until
/// `deadline_ns` (a now_ns() time, or kForever). The check and the block are one step with respect
/// to `futex_wake`. Thread context, interrupts on.
FutexResult futex_wait(const std::uint32_t* word, std::uint32_t expected, std::uint64_t deadline_ns,
                       std::uint32_t bits = kAnyBit);
/// The short way for the most frequent case: any bits, no deadline.
FutexResult futex_wait(const std::uint32_t* word, std::uint32_t expected);

/// A word, and the value that it has as long as there is a reason to wait.
struct FutexCondition {
    const std::uint32_t* word;
    std::uint32_t expected;
};
inline constexpr unsigned kMaxFutexConditions = 64;

/// Waits on several words at once, until one of them differs from its expected value
/// (kValueChanged) or is woken (kWoken), and says `which`; or until `deadline_ns`. One wake-up of
/// one word is used up, never more. 1 … kMaxFutexConditions of them. Thread context, interrupts on.
FutexResult futex_wait_any(const FutexCondition* conditions, unsigned count, unsigned& which,
                           std::uint64_t deadline_ns = kForever);

/// `futex_wake` when there may be waiters.
unsigned futex_wake_waiters(const std::uint32_t* word, unsigned count, std::uint32_t bits);

/// Wakes up to `count` waiters whose bits intersect `bits`, first come first served. Returns their
/// number. Takes no lock when nobody waits. Any context, interrupt handlers included. Does not
/// access `*word`, which may be gone.
inline unsigned futex_wake(const std::uint32_t* word, unsigned count,
                           std::uint32_t bits = kAnyBit) {
    // The caller's change of the word before the look for waiters: see join_waiters().
    std::atomic_thread_fence(std::memory_order_seq_cst);
    return futex_bucket(word).is_empty() ? 0 : futex_wake_waiters(word, count, bits);
}
/// The short way to wake one waiter, for callers who know that there is one, or will be, and have
/// changed the word by a locked instruction. Same rules.
void futex_wake_waiter(const std::uint32_t* word);

/// If `*word == expected`: wakes up to `wake` waiters of `word` and moves up to `move` more to
/// `target`. Returns the number woken or moved, or −1 if the value differed. Thread context.
int futex_requeue(const std::uint32_t* word, std::uint32_t expected, unsigned wake,
                  const std::uint32_t* target, unsigned move);

} // namespace hermit::sched
