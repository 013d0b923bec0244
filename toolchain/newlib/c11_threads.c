/* <threads.h>: C11's names for the pthread functions. */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

static int result_of(int error) {
    switch (error) {
    case 0:
        return thrd_success;
    case ENOMEM:
    case EAGAIN:
        return thrd_nomem;
    case EBUSY:
        return thrd_busy;
    case ETIMEDOUT:
        return thrd_timedout;
    default:
        return thrd_error;
    }
}

void call_once(once_flag* flag, void (*function)(void)) { pthread_once(flag, function); }

int cnd_init(cnd_t* cond) { return result_of(pthread_cond_init(cond, NULL)); }
void cnd_destroy(cnd_t* cond) { pthread_cond_destroy(cond); }
int cnd_signal(cnd_t* cond) { return result_of(pthread_cond_signal(cond)); }
int cnd_broadcast(cnd_t* cond) { return result_of(pthread_cond_broadcast(cond)); }
int cnd_wait(cnd_t* cond, mtx_t* mutex) { return result_of(pthread_cond_wait(cond, mutex)); }

int cnd_timedwait(cnd_t* restrict cond, mtx_t* restrict mutex,
                  const struct timespec* restrict deadline) {
    return result_of(pthread_cond_timedwait(cond, mutex, deadline));
}

int mtx_init(mtx_t* mutex, int type) {
    pthread_mutexattr_t attr;
    if (type & ~(mtx_plain | mtx_recursive | mtx_timed))
        return thrd_error;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE
                                                          : PTHREAD_MUTEX_NORMAL);
    int error = pthread_mutex_init(mutex, &attr);
    pthread_mutexattr_destroy(&attr);
    return result_of(error);
}

void mtx_destroy(mtx_t* mutex) { pthread_mutex_destroy(mutex); }
int mtx_lock(mtx_t* mutex) { return result_of(pthread_mutex_lock(mutex)); }
int mtx_trylock(mtx_t* mutex) { return result_of(pthread_mutex_trylock(mutex)); }
int mtx_unlock(mtx_t* mutex) { return result_of(pthread_mutex_unlock(mutex)); }

int mtx_timedlock(mtx_t* restrict mutex, const struct timespec* restrict deadline) {
    return result_of(pthread_mutex_timedlock(mutex, deadline));
}

struct start {
    thrd_start_t function;
    void* argument;
};

static void* run(void* data) {
    struct start start = *(struct start*)data;
    free(data);
    return (void*)(intptr_t)start.function(start.argument);
}

int thrd_create(thrd_t* thread, thrd_start_t function, void* argument) {
    struct start* start = malloc(sizeof *start);
    if (!start)
        return thrd_nomem;
    *start = (struct start){function, argument};
    int error = pthread_create(thread, NULL, run, start);
    if (error)
        free(start);
    return result_of(error);
}

thrd_t thrd_current(void) { return pthread_self(); }
int thrd_detach(thrd_t thread) { return result_of(pthread_detach(thread)); }
int thrd_equal(thrd_t a, thrd_t b) { return pthread_equal(a, b); }
_Noreturn void thrd_exit(int result) { pthread_exit((void*)(intptr_t)result); }
void thrd_yield(void) { sched_yield(); }

int thrd_join(thrd_t thread, int* result) {
    void* value = NULL;
    int error = pthread_join(thread, &value);
    if (!error && result)
        *result = (int)(intptr_t)value;
    return result_of(error);
}

int thrd_sleep(const struct timespec* duration, struct timespec* remaining) {
    if (nanosleep(duration, remaining) == 0)
        return 0;
    return errno == EINTR ? -1 : -2;
}

int tss_create(tss_t* key, tss_dtor_t destructor) {
    return result_of(pthread_key_create(key, destructor));
}
void tss_delete(tss_t key) { pthread_key_delete(key); }
void* tss_get(tss_t key) { return pthread_getspecific(key); }
int tss_set(tss_t key, void* value) { return result_of(pthread_setspecific(key, value)); }
