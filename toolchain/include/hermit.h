/* What Hermitage offers beyond POSIX. */
#pragma once

#include <sys/cdefs.h>
#include <sys/types.h>
#include <time.h>

__BEGIN_DECLS

/* Sleeps for at least the given number of milliseconds. */
void sys_msleep(unsigned milliseconds);

/* Futex: blocks while *address is still `expected`. Returns 0 when woken (also spuriously), -EAGAIN
   when the value was another one at the start. Atomic against hermit_futex_wake on the same
   address. */
int hermit_futex_wait(int* address, int expected);

/* Wakes at most `count` threads that wait on the address; returns how many. */
int hermit_futex_wake(int* address, int count);

/* As hermit_futex_wait, until the absolute time `deadline` of `clock` (null: for ever): then
   -ETIMEDOUT. Only a wake-up whose bits intersect `bits` ends the wait; all bits set is every
   wake-up, none is -EINVAL. */
int hermit_futex_wait_bits(int* address, int expected, clockid_t clock,
                           const struct timespec* deadline, unsigned bits);

/* As hermit_futex_wake, for waiters whose bits intersect `bits`. */
int hermit_futex_wake_bits(int* address, int count, unsigned bits);

/* If *from is still `expected`, wakes at most `wake` of its waiters and moves at most `move` others
   to wait on `to`. Returns the number woken and moved, or -EAGAIN. */
int hermit_futex_requeue(int* from, int expected, int wake, int move, int* to);

__END_DECLS
