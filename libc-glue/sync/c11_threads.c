/* C11's <threads.h> on the POSIX objects. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

static int result_of(int error) {
    switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    case ENOMEM:
    case EAGAIN: return thrd_nomem;
    default: return thrd_error;
    }
}

__attribute__((weak)) void call_once(once_flag *flag, void (*function)(void)) { pthread_once(flag, function); }

__attribute__((weak)) int mtx_init(mtx_t *mutex, int type) {
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, (type & mtx_recursive) != 0 ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL);
    return result_of(pthread_mutex_init(mutex, &attr));
}
__attribute__((weak)) void mtx_destroy(mtx_t *mutex) { pthread_mutex_destroy(mutex); }
__attribute__((weak)) int mtx_lock(mtx_t *mutex) { return result_of(pthread_mutex_lock(mutex)); }
__attribute__((weak)) int mtx_trylock(mtx_t *mutex) { return result_of(pthread_mutex_trylock(mutex)); }
__attribute__((weak)) int mtx_unlock(mtx_t *mutex) { return result_of(pthread_mutex_unlock(mutex)); }
__attribute__((weak)) int mtx_timedlock(mtx_t *mutex, const struct timespec *deadline) {
    return result_of(pthread_mutex_timedlock(mutex, deadline));
}

__attribute__((weak)) int cnd_init(cnd_t *condition) { return result_of(pthread_cond_init(condition, NULL)); }
__attribute__((weak)) void cnd_destroy(cnd_t *condition) { pthread_cond_destroy(condition); }
__attribute__((weak)) int cnd_signal(cnd_t *condition) { return result_of(pthread_cond_signal(condition)); }
__attribute__((weak)) int cnd_broadcast(cnd_t *condition) { return result_of(pthread_cond_broadcast(condition)); }
__attribute__((weak)) int cnd_wait(cnd_t *condition, mtx_t *mutex) {
    return result_of(pthread_cond_wait(condition, mutex));
}
__attribute__((weak)) int cnd_timedwait(cnd_t *condition, mtx_t *mutex, const struct timespec *deadline) {
    return result_of(pthread_cond_timedwait(condition, mutex, deadline));
}

struct start {
    thrd_start_t function;
    void *argument;
};

static void *run(void *memory) {
    const struct start start = *(struct start *)memory;
    free(memory);
    return (void *)(intptr_t)start.function(start.argument);
}

__attribute__((weak)) int thrd_create(thrd_t *thread, thrd_start_t function, void *argument) {
    struct start *const start = malloc(sizeof *start);
    if (start == NULL) {
        return thrd_nomem;
    }
    *start = (struct start){function, argument};
    const int error = pthread_create(thread, NULL, run, start);
    if (error != 0) {
        free(start);
    }
    return result_of(error);
}
__attribute__((weak)) thrd_t thrd_current(void) { return pthread_self(); }
__attribute__((weak)) int thrd_detach(thrd_t thread) { return result_of(pthread_detach(thread)); }
__attribute__((weak)) int thrd_equal(thrd_t a, thrd_t b) { return pthread_equal(a, b); }
__attribute__((weak)) void thrd_exit(int result) { pthread_exit((void *)(intptr_t)result); }
__attribute__((weak)) int thrd_join(thrd_t thread, int *result) {
    void *value = NULL;
    const int error = pthread_join(thread, &value);
    if (error == 0 && result != NULL) {
        *result = (int)(intptr_t)value;
    }
    return result_of(error);
}
/* 0, -1 if a signal came, another negative number on any other error. */
__attribute__((weak)) int thrd_sleep(const struct timespec *span, struct timespec *rest) {
    const int error = clock_nanosleep(CLOCK_REALTIME, 0, span, rest);
    return error == 0 ? 0 : error == EINTR ? -1 : -2;
}
__attribute__((weak)) void thrd_yield(void) { sched_yield(); }

__attribute__((weak)) int tss_create(tss_t *key, tss_dtor_t destructor) {
    return result_of(pthread_key_create(key, destructor));
}
__attribute__((weak)) void tss_delete(tss_t key) { pthread_key_delete(key); }
__attribute__((weak)) void *tss_get(tss_t key) { return pthread_getspecific(key); }
__attribute__((weak)) int tss_set(tss_t key, void *value) { return result_of(pthread_setspecific(key, value)); }
