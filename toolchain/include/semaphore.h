/* POSIX semaphores: a counter and the number of those who wait for it. */
#pragma once

#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

typedef struct {
    int __value; /* futex */
    int __waiters;
    long __reserved;
} sem_t;

#define SEM_FAILED ((sem_t*)0)
#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX 0x7fffffff
#endif

__BEGIN_DECLS
int sem_init(sem_t* sem, int pshared, unsigned value);
int sem_destroy(sem_t* sem);
int sem_wait(sem_t* sem);
int sem_trywait(sem_t* sem);
int sem_timedwait(sem_t* __restrict sem, const struct timespec* __restrict deadline);
#if __POSIX_VISIBLE >= 202405
int sem_clockwait(sem_t* __restrict sem, clockid_t clock,
                  const struct timespec* __restrict deadline);
#endif
int sem_post(sem_t* sem);
int sem_getvalue(sem_t* __restrict sem, int* __restrict value);
sem_t* sem_open(const char* name, int flags, ...);
int sem_close(sem_t* sem);
int sem_unlink(const char* name);
__END_DECLS
