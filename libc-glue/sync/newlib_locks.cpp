// The locks that Newlib takes around stdio, environment, atexit and the like.

#include "sync/word.hpp"
#include "threads/thread.hpp"

#include <cstdlib>
#include <sys/lock.h>

using namespace hermit::glue;

/// One kind serves both: Newlib's plain locks may be taken twice as well without harm.
struct __lock {
    int word;
    int depth;
    Thread* owner;
};

namespace {

bool is_mine(const __lock& lock) {
    return __atomic_load_n(&lock.owner, __ATOMIC_RELAXED) == &current_thread();
}

/// A lock without memory, in a program that has run out of it, is one for all.
constinit __lock last_resort{};

} // namespace

extern "C" {

// The static locks that Newlib's sources refer to by name.
constinit __lock __lock___sfp_recursive_mutex{};
constinit __lock __lock___atexit_recursive_mutex{};
constinit __lock __lock___at_quick_exit_mutex{};
constinit __lock __lock___malloc_recursive_mutex{};
constinit __lock __lock___env_recursive_mutex{};
constinit __lock __lock___tz_mutex{};
constinit __lock __lock___arc4random_mutex{};

void __retarget_lock_init(_LOCK_T* lock) {
    *lock = static_cast<__lock*>(std::calloc(1, sizeof(__lock)));
    if (*lock == nullptr) {
        *lock = &last_resort;
    }
}
void __retarget_lock_init_recursive(_LOCK_T* lock) { __retarget_lock_init(lock); }

void __retarget_lock_close(_LOCK_T lock) {
    if (lock != &last_resort) {
        std::free(lock);
    }
}
void __retarget_lock_close_recursive(_LOCK_T lock) { __retarget_lock_close(lock); }

void __retarget_lock_acquire(_LOCK_T lock) {
    if (is_mine(*lock)) {
        ++lock->depth;
        return;
    }
    acquire_word(&lock->word);
    __atomic_store_n(&lock->owner, &current_thread(), __ATOMIC_RELAXED);
}
void __retarget_lock_acquire_recursive(_LOCK_T lock) { __retarget_lock_acquire(lock); }

int __retarget_lock_try_acquire(_LOCK_T lock) {
    if (is_mine(*lock)) {
        ++lock->depth;
        return 1;
    }
    if (!try_acquire_word(&lock->word)) {
        return 0;
    }
    __atomic_store_n(&lock->owner, &current_thread(), __ATOMIC_RELAXED);
    return 1;
}
int __retarget_lock_try_acquire_recursive(_LOCK_T lock) {
    return __retarget_lock_try_acquire(lock);
}

void __retarget_lock_release(_LOCK_T lock) {
    if (lock->depth > 0) {
        --lock->depth;
        return;
    }
    __atomic_store_n(&lock->owner, nullptr, __ATOMIC_RELAXED);
    release_word(&lock->word);
}
void __retarget_lock_release_recursive(_LOCK_T lock) { __retarget_lock_release(lock); }

} // extern "C"
