/* POSIX threads, with the usual _np functions. */
#pragma once

#include <sched.h>
#include <sys/_pthreadtypes.h>
#include <sys/_sigset.h>
#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#define PTHREAD_SCOPE_SYSTEM 0
#define PTHREAD_SCOPE_PROCESS 1
#define PTHREAD_INHERIT_SCHED 0
#define PTHREAD_EXPLICIT_SCHED 1
#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED 1
#define PTHREAD_CANCEL_ENABLE 0
#define PTHREAD_CANCEL_DISABLE 1
#define PTHREAD_CANCEL_DEFERRED 0
#define PTHREAD_CANCEL_ASYNCHRONOUS 1
#define PTHREAD_CANCELED ((void*)-1)
#define PTHREAD_BARRIER_SERIAL_THREAD (-1)
#define PTHREAD_MUTEX_NORMAL 0
#define PTHREAD_MUTEX_RECURSIVE 1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_STALLED 0
#define PTHREAD_MUTEX_ROBUST 1
#define PTHREAD_PRIO_NONE 0
#define PTHREAD_PRIO_INHERIT 1
#define PTHREAD_PRIO_PROTECT 2
#define PTHREAD_NULL ((pthread_t)0)

#define PTHREAD_MUTEX_INITIALIZER _PTHREAD_MUTEX_INITIALIZER
#define PTHREAD_COND_INITIALIZER _PTHREAD_COND_INITIALIZER
#define PTHREAD_RWLOCK_INITIALIZER _PTHREAD_RWLOCK_INITIALIZER
#define PTHREAD_ONCE_INIT _PTHREAD_ONCE_INIT
#if __GNU_VISIBLE
#define PTHREAD_MUTEX_TIMED_NP PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_ADAPTIVE_NP PTHREAD_MUTEX_NORMAL
#define PTHREAD_MUTEX_RECURSIVE_NP PTHREAD_MUTEX_RECURSIVE
#define PTHREAD_MUTEX_ERRORCHECK_NP PTHREAD_MUTEX_ERRORCHECK
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP                                                     \
    { 0, PTHREAD_MUTEX_RECURSIVE, 0, 0, 0, 0 }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP                                                    \
    { 0, PTHREAD_MUTEX_ERRORCHECK, 0, 0, 0, 0 }
#define PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP _PTHREAD_MUTEX_INITIALIZER
#define PTHREAD_RWLOCK_PREFER_READER_NP 0
#define PTHREAD_RWLOCK_PREFER_WRITER_NP 1
#define PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP 2
#define PTHREAD_RWLOCK_DEFAULT_NP PTHREAD_RWLOCK_PREFER_READER_NP
#define PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP                                          \
    { 0, 0, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP, 0, 0, 0 }
#define PTHREAD_ATTR_NO_SIGMASK_NP (-1)
#endif

__BEGIN_DECLS

/* Threads */
int pthread_create(pthread_t* __restrict thread, const pthread_attr_t* __restrict attr,
                   void* (*start)(void*), void* __restrict argument);
int pthread_join(pthread_t thread, void** result);
int pthread_detach(pthread_t thread);
void pthread_exit(void* result) __dead2;
pthread_t pthread_self(void) __pure2;
int pthread_equal(pthread_t a, pthread_t b) __pure2;
int pthread_once(pthread_once_t* once, void (*init)(void));
int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void));
int pthread_getcpuclockid(pthread_t thread, clockid_t* clock);
int pthread_getconcurrency(void);
int pthread_setconcurrency(int level);
int pthread_getschedparam(pthread_t thread, int* __restrict policy,
                          struct sched_param* __restrict param);
int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param* param);
int pthread_setschedprio(pthread_t thread, int priority);
int pthread_kill(pthread_t thread, int signal);
int pthread_sigmask(int how, const __sigset_t* __restrict set, __sigset_t* __restrict old);
#if __GNU_VISIBLE
int pthread_yield(void);
int pthread_tryjoin_np(pthread_t thread, void** result);
int pthread_timedjoin_np(pthread_t thread, void** result, const struct timespec* deadline);
int pthread_clockjoin_np(pthread_t thread, void** result, clockid_t clock,
                         const struct timespec* deadline);
int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t* set);
int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t* set);
int pthread_getattr_np(pthread_t thread, pthread_attr_t* attr);
int pthread_getname_np(pthread_t thread, char* name, size_t size);
int pthread_setname_np(pthread_t thread, const char* name);
#endif

/* Thread attributes */
int pthread_attr_init(pthread_attr_t* attr);
int pthread_attr_destroy(pthread_attr_t* attr);
int pthread_attr_getdetachstate(const pthread_attr_t* attr, int* state);
int pthread_attr_setdetachstate(pthread_attr_t* attr, int state);
int pthread_attr_getguardsize(const pthread_attr_t* __restrict attr, size_t* __restrict size);
int pthread_attr_setguardsize(pthread_attr_t* attr, size_t size);
int pthread_attr_getinheritsched(const pthread_attr_t* __restrict attr, int* __restrict inherit);
int pthread_attr_setinheritsched(pthread_attr_t* attr, int inherit);
int pthread_attr_getschedparam(const pthread_attr_t* __restrict attr,
                               struct sched_param* __restrict param);
int pthread_attr_setschedparam(pthread_attr_t* __restrict attr,
                               const struct sched_param* __restrict param);
int pthread_attr_getschedpolicy(const pthread_attr_t* __restrict attr, int* __restrict policy);
int pthread_attr_setschedpolicy(pthread_attr_t* attr, int policy);
int pthread_attr_getscope(const pthread_attr_t* __restrict attr, int* __restrict scope);
int pthread_attr_setscope(pthread_attr_t* attr, int scope);
int pthread_attr_getstack(const pthread_attr_t* __restrict attr, void** __restrict stack,
                          size_t* __restrict size);
int pthread_attr_setstack(pthread_attr_t* attr, void* stack, size_t size);
int pthread_attr_getstackaddr(const pthread_attr_t* __restrict attr, void** __restrict stack);
int pthread_attr_setstackaddr(pthread_attr_t* attr, void* stack);
int pthread_attr_getstacksize(const pthread_attr_t* __restrict attr, size_t* __restrict size);
int pthread_attr_setstacksize(pthread_attr_t* attr, size_t size);
#if __GNU_VISIBLE
int pthread_attr_getaffinity_np(const pthread_attr_t* attr, size_t size, cpu_set_t* set);
int pthread_attr_setaffinity_np(pthread_attr_t* attr, size_t size, const cpu_set_t* set);
/* The signal mask that the thread starts with; none (null), by default: its creator's.
   `get` returns PTHREAD_ATTR_NO_SIGMASK_NP if there is none. */
int pthread_attr_getsigmask_np(const pthread_attr_t* attr, __sigset_t* set);
int pthread_attr_setsigmask_np(pthread_attr_t* attr, const __sigset_t* set);
int pthread_getattr_default_np(pthread_attr_t* attr);
int pthread_setattr_default_np(const pthread_attr_t* attr);
#endif

/* Mutexes */
int pthread_mutex_init(pthread_mutex_t* __restrict mutex,
                       const pthread_mutexattr_t* __restrict attr);
int pthread_mutex_destroy(pthread_mutex_t* mutex);
int pthread_mutex_lock(pthread_mutex_t* mutex);
int pthread_mutex_trylock(pthread_mutex_t* mutex);
int pthread_mutex_timedlock(pthread_mutex_t* __restrict mutex,
                            const struct timespec* __restrict deadline);
int pthread_mutex_unlock(pthread_mutex_t* mutex);
int pthread_mutex_consistent(pthread_mutex_t* mutex);
int pthread_mutex_getprioceiling(const pthread_mutex_t* __restrict mutex, int* __restrict ceiling);
int pthread_mutex_setprioceiling(pthread_mutex_t* __restrict mutex, int ceiling,
                                 int* __restrict old);
#if __POSIX_VISIBLE >= 202405
int pthread_mutex_clocklock(pthread_mutex_t* __restrict mutex, clockid_t clock,
                            const struct timespec* __restrict deadline);
#endif
int pthread_mutexattr_init(pthread_mutexattr_t* attr);
int pthread_mutexattr_destroy(pthread_mutexattr_t* attr);
int pthread_mutexattr_gettype(const pthread_mutexattr_t* __restrict attr, int* __restrict type);
int pthread_mutexattr_settype(pthread_mutexattr_t* attr, int type);
int pthread_mutexattr_getpshared(const pthread_mutexattr_t* __restrict attr,
                                 int* __restrict pshared);
int pthread_mutexattr_setpshared(pthread_mutexattr_t* attr, int pshared);
int pthread_mutexattr_getrobust(const pthread_mutexattr_t* __restrict attr, int* __restrict robust);
int pthread_mutexattr_setrobust(pthread_mutexattr_t* attr, int robust);
int pthread_mutexattr_getprotocol(const pthread_mutexattr_t* __restrict attr,
                                  int* __restrict protocol);
int pthread_mutexattr_setprotocol(pthread_mutexattr_t* attr, int protocol);
int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t* __restrict attr,
                                     int* __restrict ceiling);
int pthread_mutexattr_setprioceiling(pthread_mutexattr_t* attr, int ceiling);

/* Condition variables */
int pthread_cond_init(pthread_cond_t* __restrict cond, const pthread_condattr_t* __restrict attr);
int pthread_cond_destroy(pthread_cond_t* cond);
int pthread_cond_signal(pthread_cond_t* cond);
int pthread_cond_broadcast(pthread_cond_t* cond);
int pthread_cond_wait(pthread_cond_t* __restrict cond, pthread_mutex_t* __restrict mutex);
int pthread_cond_timedwait(pthread_cond_t* __restrict cond, pthread_mutex_t* __restrict mutex,
                           const struct timespec* __restrict deadline);
#if __POSIX_VISIBLE >= 202405
int pthread_cond_clockwait(pthread_cond_t* __restrict cond, pthread_mutex_t* __restrict mutex,
                           clockid_t clock, const struct timespec* __restrict deadline);
#endif
int pthread_condattr_init(pthread_condattr_t* attr);
int pthread_condattr_destroy(pthread_condattr_t* attr);
int pthread_condattr_getclock(const pthread_condattr_t* __restrict attr,
                              clockid_t* __restrict clock);
int pthread_condattr_setclock(pthread_condattr_t* attr, clockid_t clock);
int pthread_condattr_getpshared(const pthread_condattr_t* __restrict attr, int* __restrict pshared);
int pthread_condattr_setpshared(pthread_condattr_t* attr, int pshared);

/* Reader-writer locks */
int pthread_rwlock_init(pthread_rwlock_t* __restrict lock,
                        const pthread_rwlockattr_t* __restrict attr);
int pthread_rwlock_destroy(pthread_rwlock_t* lock);
int pthread_rwlock_rdlock(pthread_rwlock_t* lock);
int pthread_rwlock_tryrdlock(pthread_rwlock_t* lock);
int pthread_rwlock_timedrdlock(pthread_rwlock_t* __restrict lock,
                               const struct timespec* __restrict deadline);
int pthread_rwlock_wrlock(pthread_rwlock_t* lock);
int pthread_rwlock_trywrlock(pthread_rwlock_t* lock);
int pthread_rwlock_timedwrlock(pthread_rwlock_t* __restrict lock,
                               const struct timespec* __restrict deadline);
int pthread_rwlock_unlock(pthread_rwlock_t* lock);
#if __POSIX_VISIBLE >= 202405
int pthread_rwlock_clockrdlock(pthread_rwlock_t* __restrict lock, clockid_t clock,
                               const struct timespec* __restrict deadline);
int pthread_rwlock_clockwrlock(pthread_rwlock_t* __restrict lock, clockid_t clock,
                               const struct timespec* __restrict deadline);
#endif
int pthread_rwlockattr_init(pthread_rwlockattr_t* attr);
int pthread_rwlockattr_destroy(pthread_rwlockattr_t* attr);
int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t* __restrict attr,
                                  int* __restrict pshared);
int pthread_rwlockattr_setpshared(pthread_rwlockattr_t* attr, int pshared);
#if __GNU_VISIBLE
/* Who goes first when both wait. Only PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP prefers writers:
   a thread that holds a read lock must not ask for another one then. */
int pthread_rwlockattr_getkind_np(const pthread_rwlockattr_t* __restrict attr,
                                  int* __restrict kind);
int pthread_rwlockattr_setkind_np(pthread_rwlockattr_t* attr, int kind);
#endif

/* Barriers and spinlocks */
int pthread_barrier_init(pthread_barrier_t* __restrict barrier,
                         const pthread_barrierattr_t* __restrict attr, unsigned count);
int pthread_barrier_destroy(pthread_barrier_t* barrier);
int pthread_barrier_wait(pthread_barrier_t* barrier);
int pthread_barrierattr_init(pthread_barrierattr_t* attr);
int pthread_barrierattr_destroy(pthread_barrierattr_t* attr);
int pthread_barrierattr_getpshared(const pthread_barrierattr_t* __restrict attr,
                                   int* __restrict pshared);
int pthread_barrierattr_setpshared(pthread_barrierattr_t* attr, int pshared);
int pthread_spin_init(pthread_spinlock_t* lock, int pshared);
int pthread_spin_destroy(pthread_spinlock_t* lock);
int pthread_spin_lock(pthread_spinlock_t* lock);
int pthread_spin_trylock(pthread_spinlock_t* lock);
int pthread_spin_unlock(pthread_spinlock_t* lock);

/* Thread-specific data */
int pthread_key_create(pthread_key_t* key, void (*destructor)(void*));
int pthread_key_delete(pthread_key_t key);
void* pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void* value);

/* Cancellation */
int pthread_cancel(pthread_t thread);
int pthread_setcancelstate(int state, int* old);
int pthread_setcanceltype(int type, int* old);
void pthread_testcancel(void);

struct _pthread_cleanup_context {
    void (*_routine)(void*);
    void* _arg;
    int _canceltype;
    struct _pthread_cleanup_context* _previous;
};
void _pthread_cleanup_push(struct _pthread_cleanup_context* context, void (*routine)(void*),
                           void* argument);
void _pthread_cleanup_pop(struct _pthread_cleanup_context* context, int execute);

/* An exception that leaves the block runs the handler, too, where code is compiled for exceptions. */
#ifdef __EXCEPTIONS
static __inline__ void _pthread_cleanup_unwound(struct _pthread_cleanup_context* context) {
    if (context->_routine) {
        _pthread_cleanup_pop(context, 1);
    }
}
#define _PTHREAD_CLEANUP_WHEN_UNWOUND __attribute__((__cleanup__(_pthread_cleanup_unwound)))
#else
#define _PTHREAD_CLEANUP_WHEN_UNWOUND
#endif

/* Together they open and close one block, as POSIX allows. Popped, a handler has no routine. */
#define pthread_cleanup_push(routine, argument)                                                    \
    do {                                                                                           \
        struct _pthread_cleanup_context _pthread_cleanup _PTHREAD_CLEANUP_WHEN_UNWOUND;            \
    _pthread_cleanup_push(&_pthread_cleanup, (routine), (argument))
#define pthread_cleanup_pop(execute)                                                               \
    _pthread_cleanup_pop(&_pthread_cleanup, (execute));                                            \
    }                                                                                              \
    while (0)

__END_DECLS
