// Reader-writer locks. Readers enter whenever no writer holds the lock, so that a thread may take
// a read lock twice; where attributes prefer writers, only when none waits either.

#include "sync/word.hpp"
#include "threads/thread.hpp"
#include "time/deadline.hpp"

#include <cerrno>

using namespace hermit;
using namespace hermit::glue;

namespace {

/// The lock word: the number of readers or kWriter, and whether somebody waits.
constexpr unsigned kWriter = 0x3FFF'FFFF;
constexpr unsigned kCountMask = 0x3FFF'FFFF;
constexpr unsigned kWaiting = 0x4000'0000;

unsigned* word_of(pthread_rwlock_t& lock) { return reinterpret_cast<unsigned*>(&lock.__lock); }

/// Where writers are preferred: how many of them wait.
unsigned* writers_waiting(pthread_rwlock_t& lock) {
    return reinterpret_cast<unsigned*>(&lock.__writers_waiting);
}

bool prefers_writers(const pthread_rwlock_t& lock) {
    return lock.__kind == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
}

bool owned_by_caller(const pthread_rwlock_t& lock) {
    return __atomic_load_n(&lock.__owner, __ATOMIC_RELAXED) == to_handle(current_thread());
}

/// Acquire pairs with the release in `unlock`.
bool change(unsigned* word, unsigned& from, unsigned to) {
    return __atomic_compare_exchange_n(word, &from, to, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

/// What a thread that could not enter sleeps on: a word, and the value by which it was judged.
struct Obstacle {
    unsigned* word = nullptr;
    unsigned value = 0;
};

/// 0, EBUSY, or EAGAIN when there are too many readers.
int try_read(pthread_rwlock_t& lock, Obstacle& obstacle) {
    if (prefers_writers(lock)) {
        const unsigned waiting = __atomic_load_n(writers_waiting(lock), __ATOMIC_RELAXED);
        if (waiting != 0) {
            obstacle = {writers_waiting(lock), waiting};
            return EBUSY;
        }
    }
    unsigned* const word = word_of(lock);
    unsigned seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    do {
        if ((seen & kCountMask) == kWriter) {
            obstacle = {word, seen};
            return EBUSY;
        }
        if ((seen & kCountMask) == kWriter - 1) {
            return EAGAIN;
        }
    } while (!change(word, seen, seen + 1));
    return 0;
}

int try_write(pthread_rwlock_t& lock, Obstacle& obstacle) {
    unsigned* const word = word_of(lock);
    unsigned seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    do {
        if ((seen & kCountMask) != 0) {
            obstacle = {word, seen};
            return EBUSY;
        }
    } while (!change(word, seen, seen | kWriter));
    __atomic_store_n(&lock.__owner, to_handle(current_thread()), __ATOMIC_RELAXED);
    return 0;
}

using Attempt = int (*)(pthread_rwlock_t&, Obstacle&);

int acquire(pthread_rwlock_t& lock, Attempt attempt, std::uint64_t deadline_ns) {
    Obstacle obstacle;
    int status = attempt(lock, obstacle);
    if (status == EBUSY && owned_by_caller(lock)) {
        return EDEADLK;
    }
    while (status == EBUSY) {
        unsigned seen = obstacle.value;
        if (obstacle.word == word_of(lock) && (seen & kWaiting) == 0) {
            change(obstacle.word, seen, seen | kWaiting);
        } else if (sched::futex_wait(obstacle.word, seen, deadline_ns) ==
                   sched::FutexResult::kTimedOut) {
            return ETIMEDOUT;
        }
        status = attempt(lock, obstacle);
    }
    return status;
}

int acquire_for_writing(pthread_rwlock_t& lock, std::uint64_t deadline_ns) {
    if (!prefers_writers(lock)) {
        return acquire(lock, try_write, deadline_ns);
    }
    __atomic_add_fetch(writers_waiting(lock), 1, __ATOMIC_RELAXED);
    const int status = acquire(lock, try_write, deadline_ns);
    if (__atomic_sub_fetch(writers_waiting(lock), 1, __ATOMIC_RELAXED) == 0) {
        // Readers sleep on the number of writers until it is 0, whether those entered or gave up.
        sched::futex_wake(writers_waiting(lock), INT_MAX);
    }
    return status;
}

int acquire_for_reading(pthread_rwlock_t& lock, std::uint64_t deadline_ns) {
    return acquire(lock, try_read, deadline_ns);
}

/// The deadline is looked at only if the call has to wait.
int acquire_until(pthread_rwlock_t& lock, clockid_t clock, const timespec& deadline,
                  Attempt attempt, int (*wait)(pthread_rwlock_t&, std::uint64_t)) {
    Obstacle obstacle;
    if (const int status = attempt(lock, obstacle); status != EBUSY) {
        return status;
    }
    std::uint64_t deadline_ns = 0;
    return deadline_of(clock, deadline, deadline_ns) ? wait(lock, deadline_ns) : EINVAL;
}

int read_until(pthread_rwlock_t& lock, clockid_t clock, const timespec& deadline) {
    return acquire_until(lock, clock, deadline, try_read, acquire_for_reading);
}

int write_until(pthread_rwlock_t& lock, clockid_t clock, const timespec& deadline) {
    return acquire_until(lock, clock, deadline, try_write, acquire_for_writing);
}

int unlock(pthread_rwlock_t& lock) {
    unsigned* const word = word_of(lock);
    unsigned seen = __atomic_load_n(word, __ATOMIC_RELAXED);
    unsigned next = 0;
    if ((seen & kCountMask) == kWriter) {
        __atomic_store_n(&lock.__owner, nullptr, __ATOMIC_RELAXED);
    }
    do {
        const unsigned count = seen & kCountMask;
        if (count == 0) {
            return EPERM;
        }
        next = count == kWriter || count == 1 ? 0 : seen - 1;
    } while (
        !__atomic_compare_exchange_n(word, &seen, next, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    if (next == 0 && (seen & kWaiting) != 0) {
        // All of them: who cannot enter says again that it waits.
        sched::futex_wake(word, INT_MAX);
    }
    return 0;
}

} // namespace

extern "C" {

[[gnu::weak]] int pthread_rwlock_init(pthread_rwlock_t* lock, const pthread_rwlockattr_t* attr) {
    *lock = PTHREAD_RWLOCK_INITIALIZER;
    lock->__kind = attr != nullptr ? attr->__kind : PTHREAD_RWLOCK_DEFAULT_NP;
    return 0;
}
[[gnu::weak]] int pthread_rwlock_destroy(pthread_rwlock_t* lock) {
    return (*word_of(*lock) & kCountMask) == 0 ? 0 : EBUSY;
}

[[gnu::weak]] int pthread_rwlock_rdlock(pthread_rwlock_t* lock) {
    return acquire_for_reading(*lock, sched::kForever);
}
[[gnu::weak]] int pthread_rwlock_wrlock(pthread_rwlock_t* lock) {
    return acquire_for_writing(*lock, sched::kForever);
}
[[gnu::weak]] int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock) {
    Obstacle obstacle;
    return try_read(*lock, obstacle);
}
[[gnu::weak]] int pthread_rwlock_trywrlock(pthread_rwlock_t* lock) {
    Obstacle obstacle;
    return try_write(*lock, obstacle);
}
[[gnu::weak]] int pthread_rwlock_timedrdlock(pthread_rwlock_t* lock, const timespec* deadline) {
    return read_until(*lock, CLOCK_REALTIME, *deadline);
}
[[gnu::weak]] int pthread_rwlock_timedwrlock(pthread_rwlock_t* lock, const timespec* deadline) {
    return write_until(*lock, CLOCK_REALTIME, *deadline);
}
[[gnu::weak]] int pthread_rwlock_clockrdlock(pthread_rwlock_t* lock, clockid_t clock,
                                             const timespec* deadline) {
    return is_lock_clock(clock) ? read_until(*lock, clock, *deadline) : EINVAL;
}
[[gnu::weak]] int pthread_rwlock_clockwrlock(pthread_rwlock_t* lock, clockid_t clock,
                                             const timespec* deadline) {
    return is_lock_clock(clock) ? write_until(*lock, clock, *deadline) : EINVAL;
}
[[gnu::weak]] int pthread_rwlock_unlock(pthread_rwlock_t* lock) { return unlock(*lock); }

} // extern "C"
