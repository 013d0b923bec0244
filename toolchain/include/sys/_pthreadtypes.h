/* The objects of <pthread.h> as the application sees them. Every lock is a few words around a
   futex, so an object that is all zero is a valid, idle one and nothing has to be allocated or
   initialised at run time. */
#pragma once

#include <sys/_cpuset.h>
#include <sys/_sigset.h>
#include <sys/_types.h>
#include <sys/sched.h>
#define __need_size_t
#include <stddef.h>

typedef struct __pthread* pthread_t;
typedef unsigned pthread_key_t;
typedef int pthread_once_t;
typedef int pthread_spinlock_t;

typedef struct {
    void* __stack;       /* lowest address, null: the system allocates it */
    size_t __stack_size; /* 0: the default */
    size_t __guard_size;
    unsigned char __detached; /* PTHREAD_CREATE_DETACHED */
    unsigned char __scope;
    unsigned char __inherit;
    unsigned char __has_affinity;
    int __policy;
    struct sched_param __param;
    int __has_sigmask;
    cpu_set_t __affinity;
    __sigset_t __sigmask;
} pthread_attr_t;

typedef struct {
    int __lock;  /* futex: 0 free, 1 held, 2 held and somebody waits */
    int __kind;  /* PTHREAD_MUTEX_*, in bits above 8 robust, pshared, protocol */
    int __count; /* depth of a recursive mutex */
    int __waiters;
    pthread_t __owner;
    void* __reserved;
} pthread_mutex_t;

typedef struct {
    int __kind;
    unsigned char __pshared;
    unsigned char __robust;
    unsigned char __protocol;
    unsigned char __ceiling;
} pthread_mutexattr_t;

typedef struct {
    int __seq;   /* futex: counts signals */
    int __clock; /* clock of pthread_cond_timedwait, 0: CLOCK_REALTIME */
    int __waiters;
    int __flags;
    void* __mutex;
    long __reserved[2];
} pthread_cond_t;

typedef struct {
    int __clock;
    int __pshared;
} pthread_condattr_t;

typedef struct {
    int __lock;            /* futex: readers or a writer, and whether somebody waits */
    int __writers_waiting; /* counted only where writers are preferred */
    int __kind;            /* PTHREAD_RWLOCK_PREFER_* */
    int __spare;
    pthread_t __owner;
    long __reserved;
} pthread_rwlock_t;

typedef struct {
    int __pshared;
    int __kind;
} pthread_rwlockattr_t;

typedef struct {
    int __count; /* threads that a round needs */
    int __arrived;
    int __round; /* futex */
    int __leaving;
    long __reserved[2];
} pthread_barrier_t;

typedef struct {
    int __pshared;
} pthread_barrierattr_t;

#define _PTHREAD_MUTEX_INITIALIZER                                                                 \
    { 0, 0, 0, 0, 0, 0 }
#define _PTHREAD_COND_INITIALIZER                                                                  \
    {                                                                                              \
        0, 0, 0, 0, 0, { 0, 0 }                                                                    \
    }
#define _PTHREAD_RWLOCK_INITIALIZER                                                                \
    { 0, 0, 0, 0, 0, 0 }
#define _PTHREAD_ONCE_INIT 0
