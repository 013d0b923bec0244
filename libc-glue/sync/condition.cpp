// Condition variables: a counter of signals that waiters wait to change. A broadcast wakes all of
// them at once and does not move them to the mutex: moved ones would still have to leave the
// condition variable when its destroyer, who may hold the mutex, waits for that.

#include "sync/mutex.hpp"
#include "sync/visitors.hpp"
#include "time/deadline.hpp"

#include <cerrno>

using namespace hermit;
using namespace hermit::glue;

namespace {

int wait(pthread_cond_t& condition, pthread_mutex_t& mutex, std::uint64_t deadline_ns) {
    // While the mutex is held: a signal sent after its release finds the waiter counted and the
    // counter not yet read by it changed.
    enter(&condition.__waiters);
    const int sequence = __atomic_load_n(&condition.__seq, __ATOMIC_ACQUIRE);
    const int count = unlock_fully(mutex);
    if (count < 0) {
        leave(&condition.__waiters);
        return EPERM;
    }
    const sched::FutexResult result = sched::futex_wait(
        futex_word(&condition.__seq), static_cast<std::uint32_t>(sequence), deadline_ns);
    leave(&condition.__waiters);
    lock_to_depth(mutex, count);
    return result == sched::FutexResult::kTimedOut ? ETIMEDOUT : 0;
}

int wait_until(pthread_cond_t& condition, pthread_mutex_t& mutex, clockid_t clock,
               const timespec& deadline) {
    std::uint64_t deadline_ns = 0;
    return deadline_of(clock, deadline, deadline_ns) ? wait(condition, mutex, deadline_ns) : EINVAL;
}

bool has_waiters(const pthread_cond_t& condition) {
    return (__atomic_load_n(&condition.__waiters, __ATOMIC_RELAXED) & ~kAwaited) != 0;
}

void wake(pthread_cond_t& condition, unsigned count) {
    if (has_waiters(condition)) {
        // Who is still on the way to wait sees the change and does not.
        __atomic_add_fetch(&condition.__seq, 1, __ATOMIC_ACQ_REL);
        sched::futex_wake(futex_word(&condition.__seq), count);
    }
}

} // namespace

extern "C" {

[[gnu::weak]] int pthread_cond_init(pthread_cond_t* condition, const pthread_condattr_t* attr) {
    *condition = PTHREAD_COND_INITIALIZER;
    if (attr != nullptr) {
        condition->__clock = attr->__clock;
    }
    return 0;
}
[[gnu::weak]] int pthread_cond_destroy(pthread_cond_t* condition) {
    await_departure(&condition->__waiters);
    return 0;
}

[[gnu::weak]] int pthread_cond_signal(pthread_cond_t* condition) {
    wake(*condition, 1);
    return 0;
}
[[gnu::weak]] int pthread_cond_broadcast(pthread_cond_t* condition) {
    wake(*condition, INT_MAX);
    return 0;
}

[[gnu::weak]] int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex) {
    return wait(*condition, *mutex, sched::kForever);
}
[[gnu::weak]] int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                         const timespec* deadline) {
    const clockid_t clock = condition->__clock == 0 ? CLOCK_REALTIME : condition->__clock;
    return wait_until(*condition, *mutex, clock, *deadline);
}
[[gnu::weak]] int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex,
                                         clockid_t clock, const timespec* deadline) {
    return is_lock_clock(clock) ? wait_until(*condition, *mutex, clock, *deadline) : EINVAL;
}

} // extern "C"
