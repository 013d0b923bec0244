#include "sync/mutex.hpp"

#include "threads/thread.hpp"
#include "time/deadline.hpp"

#include <cerrno>

namespace hermit::glue {
namespace {

/// Recursive and error-checking mutexes know their owner.
bool has_owner(const pthread_mutex_t& mutex) { return mutex.__kind != PTHREAD_MUTEX_NORMAL; }

bool is_mine(const pthread_mutex_t& mutex) {
    return __atomic_load_n(&mutex.__owner, __ATOMIC_RELAXED) == to_handle(current_thread());
}

void set_owner(pthread_mutex_t& mutex, pthread_t owner) {
    __atomic_store_n(&mutex.__owner, owner, __ATOMIC_RELAXED);
}

int lock_again(pthread_mutex_t& mutex) {
    if (mutex.__kind != PTHREAD_MUTEX_RECURSIVE) {
        return EDEADLK;
    }
    if (mutex.__count == INT_MAX) {
        return EAGAIN;
    }
    ++mutex.__count;
    return 0;
}

int try_lock(pthread_mutex_t& mutex) {
    if (has_owner(mutex) && is_mine(mutex)) {
        return mutex.__kind == PTHREAD_MUTEX_RECURSIVE ? lock_again(mutex) : EBUSY;
    }
    if (!try_acquire_word(&mutex.__lock)) {
        return EBUSY;
    }
    if (has_owner(mutex)) {
        set_owner(mutex, to_handle(current_thread()));
    }
    return 0;
}

int lock_until(pthread_mutex_t& mutex, clockid_t clock, const timespec& deadline) {
    if (const int status = try_lock(mutex); status != EBUSY) {
        return status;
    }
    std::uint64_t deadline_ns = 0;
    return deadline_of(clock, deadline, deadline_ns) ? lock(mutex, deadline_ns) : EINVAL;
}

} // namespace

int lock_slowly(pthread_mutex_t& mutex, std::uint64_t deadline_ns) {
    if (has_owner(mutex) && is_mine(mutex)) {
        return lock_again(mutex);
    }
    if (!acquire_word(&mutex.__lock, deadline_ns)) {
        return ETIMEDOUT;
    }
    if (has_owner(mutex)) {
        set_owner(mutex, to_handle(current_thread()));
    }
    return 0;
}

int unlock_slowly(pthread_mutex_t& mutex) {
    if (has_owner(mutex)) {
        if (!is_mine(mutex)) {
            return EPERM;
        }
        if (mutex.__count > 0) {
            --mutex.__count;
            return 0;
        }
        set_owner(mutex, nullptr);
    }
    release_word(&mutex.__lock);
    return 0;
}

int unlock_fully(pthread_mutex_t& mutex) {
    if (has_owner(mutex) && !is_mine(mutex)) {
        return -1;
    }
    const int count = mutex.__count;
    mutex.__count = 0;
    unlock(mutex);
    return count;
}

void lock_to_depth(pthread_mutex_t& mutex, int count) {
    lock(mutex);
    if (count > 0) {
        mutex.__count = count;
    }
}

} // namespace hermit::glue

using namespace hermit::glue;

extern "C" {

[[gnu::weak]] int pthread_mutex_lock(pthread_mutex_t* mutex) { return lock(*mutex); }
[[gnu::weak]] int pthread_mutex_unlock(pthread_mutex_t* mutex) { return unlock(*mutex); }
[[gnu::weak]] int pthread_mutex_trylock(pthread_mutex_t* mutex) { return try_lock(*mutex); }

[[gnu::weak]] int pthread_mutex_timedlock(pthread_mutex_t* mutex, const timespec* deadline) {
    return lock_until(*mutex, CLOCK_REALTIME, *deadline);
}
[[gnu::weak]] int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                                          const timespec* deadline) {
    return is_lock_clock(clock) ? lock_until(*mutex, clock, *deadline) : EINVAL;
}

[[gnu::weak]] int pthread_mutex_init(pthread_mutex_t* mutex, const pthread_mutexattr_t* attr) {
    *mutex = PTHREAD_MUTEX_INITIALIZER;
    mutex->__kind = attr != nullptr ? attr->__kind : PTHREAD_MUTEX_DEFAULT;
    return 0;
}
[[gnu::weak]] int pthread_mutex_destroy(pthread_mutex_t* mutex) {
    return __atomic_load_n(&mutex->__lock, __ATOMIC_RELAXED) == kFree ? 0 : EBUSY;
}

// Robust mutexes and priority ceilings do not exist, so no mutex can need these.
[[gnu::weak]] int pthread_mutex_consistent(pthread_mutex_t*) { return EINVAL; }
[[gnu::weak]] int pthread_mutex_getprioceiling(const pthread_mutex_t*, int*) { return EINVAL; }
[[gnu::weak]] int pthread_mutex_setprioceiling(pthread_mutex_t*, int, int*) { return EINVAL; }

} // extern "C"
