/* One-time initialisation. In C with a clean-up handler, compiled for exceptions: an exception from
   the function, or pthread_exit in it, leaves the control as if it had never been called, as
   std::call_once wants it, without the C++ runtime in every image. */
#include <hermit.h>
#include <limits.h>
#include <pthread.h>

enum { kNotYet, kRunning, kDone, kRunningAwaited };

static void finish(pthread_once_t* once, int state) {
    /* Release pairs with the acquire loads in pthread_once. */
    if (__atomic_exchange_n(once, state, __ATOMIC_ACQ_REL) == kRunningAwaited) {
        hermit_futex_wake(once, INT_MAX);
    }
}

static void give_up(void* once) { finish(once, kNotYet); }

static void run(pthread_once_t* once, void (*function)(void)) {
    pthread_cleanup_push(give_up, once);
    function();
    pthread_cleanup_pop(0);
    finish(once, kDone);
}

__attribute__((weak)) int pthread_once(pthread_once_t* once, void (*function)(void)) {
    int state = __atomic_load_n(once, __ATOMIC_ACQUIRE);
    while (state != kDone) {
        if (state == kNotYet) {
            if (__atomic_compare_exchange_n(once, &state, kRunning, 0, __ATOMIC_ACQUIRE,
                                            __ATOMIC_ACQUIRE)) {
                run(once, function);
                return 0;
            }
        } else if (state == kRunningAwaited ||
                   __atomic_compare_exchange_n(once, &state, kRunningAwaited, 0, __ATOMIC_ACQUIRE,
                                               __ATOMIC_ACQUIRE)) {
            hermit_futex_wait(once, kRunningAwaited);
            state = __atomic_load_n(once, __ATOMIC_ACQUIRE);
        }
    }
    return 0;
}
