// Futexes: waiting on a 32-bit word, as plain functions. The primitive under pthreads and libgomp.
#pragma once

#include <sched/task.hpp>

#include <cstdint>

namespace hermit::sched {

enum class FutexResult : std::uint8_t { kWoken, kValueChanged, kTimedOut, kInterrupted };

inline constexpr std::uint32_t kAnyBit = ~std::uint32_t{0};

/// Blocks while `*word == expected` until a wake-up whose bits intersect `bits`, or until
/// `deadline_ns` (a now_ns() time, or kForever). The check and the block are one step with respect
/// to `futex_wake`. Thread context.
FutexResult futex_wait(const std::uint32_t* word, std::uint32_t expected,
                       std::uint64_t deadline_ns = kForever, std::uint32_t bits = kAnyBit);

/// Wakes up to `count` waiters whose bits intersect `bits`, first come first served. Returns their
/// number. Takes no lock when nobody waits. Any context, interrupt handlers included. Does not
/// access `*word`, which may be gone.
unsigned futex_wake(const std::uint32_t* word, unsigned count, std::uint32_t bits = kAnyBit);

/// If `*word == expected`: wakes up to `wake` waiters of `word` and moves up to `move` more to
/// `target`. Returns the number woken or moved, or −1 if the value differed. Thread context.
int futex_requeue(const std::uint32_t* word, std::uint32_t expected, unsigned wake,
                  const std::uint32_t* target, unsigned move);

} // namespace hermit::sched
