// POSIX semaphores. Value and number of waiters change together in one 64-bit word: after posting
// nobody looks at the semaphore again, which the thread let through may have destroyed.

#include "errors.hpp"
#include "sync/word.hpp"
#include "time/deadline.hpp"

#include <semaphore.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

using State [[gnu::may_alias]] = std::uint64_t;
static_assert(offsetof(sem_t, __value) == 0 && offsetof(sem_t, __waiters) == 4);
constexpr State kOneWaiter = State{1} << 32;

State* state_of(sem_t& semaphore) { return reinterpret_cast<State*>(&semaphore); }
std::uint32_t value_of(State state) { return static_cast<std::uint32_t>(state); }

/// Takes one if there is one, and gives up `waiting` (0 or kOneWaiter) with it.
/// Acquire pairs with the release in sem_post.
bool try_take(sem_t& semaphore, State waiting) {
    State* const word = state_of(semaphore);
    State state = __atomic_load_n(word, __ATOMIC_RELAXED);
    while (value_of(state) != 0) {
        if (__atomic_compare_exchange_n(word, &state, state - 1 - waiting, true, __ATOMIC_ACQUIRE,
                                        __ATOMIC_RELAXED)) {
            return true;
        }
    }
    return false;
}

/// Takes one when there is none yet. `wait` waits for a post: futex_wait() with or without
/// deadline.
template <class Wait>
inline int wait_and_take(sem_t& semaphore, Wait&& wait) {
    State* const word = state_of(semaphore);
    __atomic_fetch_add(word, kOneWaiter, __ATOMIC_RELAXED);
    do { // a post that came in between is found by the wait
        const sched::FutexResult result = wait(futex_word(&semaphore.__value));
        if (result >= sched::FutexResult::kTimedOut) [[unlikely]] {
            __atomic_fetch_sub(word, kOneWaiter, __ATOMIC_RELAXED);
            return fail(result == sched::FutexResult::kTimedOut ? ETIMEDOUT : EINTR);
        }
    } while (!try_take(semaphore, kOneWaiter));
    return 0;
}

[[gnu::noinline]] int take_slowly(sem_t& semaphore) {
    return wait_and_take(semaphore,
                         [](const std::uint32_t* word) { return sched::futex_wait(word, 0); });
}

int take_until(sem_t& semaphore, clockid_t clock, const timespec& deadline) {
    if (try_take(semaphore, 0)) {
        return 0;
    }
    std::uint64_t deadline_ns = 0;
    if (!deadline_of(clock, deadline, deadline_ns)) {
        return fail(EINVAL);
    }
    return wait_and_take(semaphore, [deadline_ns](const std::uint32_t* word) {
        return sched::futex_wait(word, 0, deadline_ns);
    });
}

[[gnu::noinline]] int overflow() { return fail(EOVERFLOW); }

} // namespace

extern "C" {

[[gnu::weak]] int sem_init(sem_t* semaphore, int, unsigned value) {
    if (value > SEM_VALUE_MAX) {
        return fail(EINVAL);
    }
    *semaphore = {};
    semaphore->__value = static_cast<int>(value);
    return 0;
}
[[gnu::weak]] int sem_destroy(sem_t*) { return 0; }

[[gnu::weak]] int sem_wait(sem_t* semaphore) {
    return try_take(*semaphore, 0) ? 0 : take_slowly(*semaphore);
}
[[gnu::weak]] int sem_trywait(sem_t* semaphore) {
    return try_take(*semaphore, 0) ? 0 : fail(EAGAIN);
}
[[gnu::weak]] int sem_timedwait(sem_t* semaphore, const timespec* deadline) {
    return take_until(*semaphore, CLOCK_REALTIME, *deadline);
}
[[gnu::weak]] int sem_clockwait(sem_t* semaphore, clockid_t clock, const timespec* deadline) {
    return is_lock_clock(clock) ? take_until(*semaphore, clock, *deadline) : fail(EINVAL);
}

[[gnu::weak]] int sem_post(sem_t* semaphore) {
    State* const word = state_of(*semaphore);
    State state = __atomic_load_n(word, __ATOMIC_RELAXED);
    do {
        if (value_of(state) == SEM_VALUE_MAX) [[unlikely]] {
            return overflow();
        }
    } while (!__atomic_compare_exchange_n(word, &state, state + 1, true, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if (state >= kOneWaiter) {
        sched::futex_wake_waiter(futex_word(&semaphore->__value));
    }
    return 0;
}

[[gnu::weak]] int sem_getvalue(sem_t* semaphore, int* value) {
    *value = __atomic_load_n(&semaphore->__value, __ATOMIC_RELAXED);
    return 0;
}

} // extern "C"
