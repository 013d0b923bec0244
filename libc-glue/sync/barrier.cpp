// Barriers and spinlocks.

#include "sync/visitors.hpp"

#include <arch/cpu.hpp>

#include <cerrno>
#include <pthread.h>

using namespace hermit;
using namespace hermit::glue;

extern "C" {

[[gnu::weak]] int pthread_barrier_init(pthread_barrier_t* barrier, const pthread_barrierattr_t*,
                                       unsigned count) {
    if (count == 0 || count > INT_MAX) {
        return EINVAL;
    }
    *barrier = {};
    barrier->__count = static_cast<int>(count);
    return 0;
}

[[gnu::weak]] int pthread_barrier_destroy(pthread_barrier_t* barrier) {
    if (__atomic_load_n(&barrier->__arrived, __ATOMIC_RELAXED) != 0) {
        return EBUSY;
    }
    await_departure(&barrier->__leaving);
    return 0;
}

[[gnu::weak]] int pthread_barrier_wait(pthread_barrier_t* barrier) {
    // Read before arriving: the round cannot end without the caller.
    const int round = __atomic_load_n(&barrier->__round, __ATOMIC_RELAXED);
    const int count = barrier->__count;
    enter(&barrier->__leaving);
    if (__atomic_add_fetch(&barrier->__arrived, 1, __ATOMIC_ACQ_REL) == count) {
        __atomic_store_n(&barrier->__arrived, 0, __ATOMIC_RELAXED);
        // Release pairs with the acquire below: what all did before the barrier is seen after it.
        __atomic_store_n(&barrier->__round, round + 1, __ATOMIC_RELEASE);
        sched::futex_wake(futex_word(&barrier->__round), INT_MAX);
        leave(&barrier->__leaving);
        return PTHREAD_BARRIER_SERIAL_THREAD;
    }
    while (__atomic_load_n(&barrier->__round, __ATOMIC_ACQUIRE) == round) {
        sched::futex_wait(futex_word(&barrier->__round), static_cast<std::uint32_t>(round));
    }
    leave(&barrier->__leaving);
    return 0;
}

[[gnu::weak]] int pthread_spin_init(pthread_spinlock_t* lock, int) {
    *lock = 0;
    return 0;
}
[[gnu::weak]] int pthread_spin_destroy(pthread_spinlock_t*) { return 0; }
[[gnu::weak]] int pthread_spin_trylock(pthread_spinlock_t* lock) {
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) == 0 ? 0 : EBUSY;
}
[[gnu::weak]] int pthread_spin_lock(pthread_spinlock_t* lock) {
    while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0) {
        while (__atomic_load_n(lock, __ATOMIC_RELAXED) != 0) {
            arch::pause();
        }
    }
    return 0;
}
[[gnu::weak]] int pthread_spin_unlock(pthread_spinlock_t* lock) {
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    return 0;
}

} // extern "C"
