/* One-time initialisation. In C with unwind clean-ups, so that an exception from the function
   leaves the control as if it had never been called, as std::call_once wants it, without the C++
   runtime in every image. */
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

struct attempt {
    pthread_once_t* once;
    int succeeded;
};

static void end_attempt(struct attempt* attempt) {
    finish(attempt->once, attempt->succeeded ? kDone : kNotYet);
}

static void run(pthread_once_t* once, void (*function)(void)) {
    __attribute__((cleanup(end_attempt))) struct attempt attempt = {once, 0};
    function();
    attempt.succeeded = 1;
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
