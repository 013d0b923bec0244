#include "sync/word.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>

namespace hermit::glue {

bool acquire_word_slowly(int* word, std::uint64_t deadline_ns) {
    // With other cores at work the holder often lets go sooner than a task switch takes.
    constexpr int kSpins = 100;
    for (int i = 0; arch::core_count() > 1 && i < kSpins; ++i) {
        if (__atomic_load_n(word, __ATOMIC_RELAXED) == kFree && try_acquire_word(word)) {
            return true;
        }
        arch::pause();
    }
    // Whoever has waited takes the lock as "awaited": others may wait still.
    while (__atomic_exchange_n(word, kHeldAwaited, __ATOMIC_ACQUIRE) != kFree) {
        if (sched::futex_wait(futex_word(word), kHeldAwaited, deadline_ns) ==
            sched::FutexResult::kTimedOut) {
            return false;
        }
    }
    return true;
}

} // namespace hermit::glue
