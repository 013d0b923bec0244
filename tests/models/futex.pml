/* Waiting on a word, waking, timing out: sched/futex.cpp, futex_waiting.hpp, futex_bucket.hpp.
 *
 * Core 0 waits with a time limit, core 1 without one; cores 2 and 3 both set the word and wake one
 * waiter. Whatever the order, the waiter without a limit must return (else: invalid end state), a
 * wait is ended by one of its enders only, a waker counts exactly those that return "woken", and no
 * one touches a waiter, which is on its task's stack, once its wait has returned.
 *
 * Variants, each of which must be caught:
 *   NO_FENCE       futex_wake() looks for waiters while the new word may still be in its store buffer
 *   NO_LOCK_LOOK   FutexBucket::is_empty() does not look at the lock
 *   LOCK_LAST      FutexBucket::is_empty() looks at the lock after the waiters
 *   NO_SECOND_LOOK join_waiters() does not read the word again under the lock
 *   NO_CLAIM       the time-out reads the state and stores, instead of claiming in one step
 *   WAKE_STOPS     a waiter that has just timed out uses up a wake-up
 *   NO_WITHDRAWAL  who has timed out leaves its waiter in the bucket */

#define CORES 4
#define BUFFER 4
#define LOCATIONS 10
#define WORD 0
#define LOCK 1  /* FutexBucket::lock, as on a shared machine: SpinLock::state_ */
#define FIRST 2 /* FutexBucket::first, ::last: number of a waiter, 0 for null */
#define LAST 3
#define NEXT(waiter) (2 * waiter + 2) /* FutexWaiter::next, ::previous: 4 to 7 */
#define PREVIOUS(waiter) (2 * waiter + 3)
#define STATE(waiter) (7 + waiter) /* Task::wait_state: 8, 9 */
#include "tso.pml"

/* A waiter's number is its core's number plus one. */
#define WOKEN 0
#define WAITING 1
#define TIMED_OUT 2

bool ready[3];    /* make_ready() was called */
bool on_stack[3]; /* the waiter exists: somebody may touch it */
byte counted;     /* what the wakers think they have woken */
byte woken;       /* waits that returned "woken" */
byte finished;    /* calls that have returned */

/* SpinLock::lock(), unlock(). */
inline lock(core) {
    atomic {
        BUFFER_EMPTY(core) && memory[LOCK] == 0;
        memory[LOCK] = 1
    }
}
inline unlock(core) { STORE(core, LOCK, 0) }

/* claim(). */
inline claim(core, waiter, reason, succeeded) {
    COMPARE_EXCHANGE(core, STATE(waiter), WAITING, reason, succeeded)
}

/* make_ready(); what happens then is idle_wakeup.pml's. */
inline make_ready(waiter) {
    atomic {
        assert(!ready[waiter]);
        ready[waiter] = true
    }
}

/* FutexBucket::add(). */
inline add(core, waiter) {
    STORE(core, NEXT(waiter), 0);
    LOAD(core, LAST, other);
    STORE(core, LAST, waiter);
    STORE(core, PREVIOUS(waiter), other);
    if
    :: other == 0 -> STORE(core, FIRST, waiter)
    :: else -> assert(on_stack[other]); STORE(core, NEXT(other), waiter)
    fi;
    other = 0
}

/* FutexBucket::remove(). */
inline remove(core, waiter) {
    assert(on_stack[waiter]);
    LOAD(core, NEXT(waiter), after);
    LOAD(core, PREVIOUS(waiter), before);
    if
    :: before == 0 -> STORE(core, FIRST, after)
    :: else -> assert(on_stack[before]); STORE(core, NEXT(before), after)
    fi;
    if
    :: after == 0 -> STORE(core, LAST, before)
    :: else -> assert(on_stack[after]); STORE(core, PREVIOUS(after), before)
    fi;
    before = 0;
    after = 0
}

/* futex_wait(&word, 0, deadline). */
proctype wait(byte core; bool limited) {
    byte value, other, before, after, i_;
    bool claimed;
    byte me = core + 1;
    LOAD(core, WORD, value);
    if
    :: value != 0 -> goto returned
    :: else
    fi;
    /* join_waiters() */
    lock(core);
#ifndef NO_SECOND_LOOK
    LOAD(core, WORD, value);
    if
    :: value != 0 -> unlock(core); goto returned
    :: else
    fi;
#endif
    STORE(core, STATE(me), WAITING); /* begin_wait() */
    on_stack[me] = true;
    add(core, me);
    unlock(core);
    /* block(): interrupts are on, so the core's timer may come. */
    if
    :: ready[me] -> skip
    :: limited -> /* CoreScheduler::timer_expired(), on this core */
#ifdef NO_CLAIM
        LOAD(core, STATE(me), value);
        claimed = (value == WAITING);
        if
        :: claimed -> STORE(core, STATE(me), TIMED_OUT)
        :: else
        fi;
#else
        claim(core, me, TIMED_OUT, claimed);
#endif
        if
        :: claimed -> make_ready(me)
        :: else
        fi;
        ready[me]
    fi;
    LOAD(core, STATE(me), value);
    if
    :: value == WOKEN -> woken++
    :: else ->
        assert(value == TIMED_OUT);
#ifndef NO_WITHDRAWAL
        lock(core); /* withdraw_waiter() */
        remove(core, me);
        unlock(core)
#endif
    fi;
returned:
    atomic {
        on_stack[me] = false;
        value = 0;
        finished++
    }
}

/* word = 1; futex_wake(&word, 1). */
proctype wake(byte core) {
    byte waiter, following, taken, before, after, i_;
    bool claimed;
    STORE(core, WORD, 1);
#ifndef NO_FENCE
    FENCE(core);
#endif
    /* FutexBucket::is_empty() */
#ifdef LOCK_LAST
    LOAD(core, FIRST, waiter);
    LOAD(core, LOCK, following);
#else
#ifndef NO_LOCK_LOOK
    LOAD(core, LOCK, following);
#endif
    LOAD(core, FIRST, waiter);
#endif
    if
    :: following == 0 && waiter == 0 -> goto returned
    :: else
    fi;
    /* futex_wake_waiters() */
    lock(core);
    LOAD(core, FIRST, waiter);
    do
    :: waiter == 0 -> break
    :: else ->
        assert(on_stack[waiter]);
        LOAD(core, NEXT(waiter), following);
        claim(core, waiter, WOKEN, claimed);
        if
        :: claimed -> remove(core, waiter); taken = waiter; counted++; break
        :: else
        fi;
#ifdef WAKE_STOPS
        break;
#endif
        waiter = following
    od;
    unlock(core);
    if
    :: taken != 0 -> make_ready(taken) /* make_all_ready() */
    :: else
    fi;
returned:
    atomic {
        waiter = 0;
        following = 0;
        taken = 0;
        claimed = false;
        finished++
    }
}

/* When all have returned and all stores have arrived. */
proctype check() {
    finished == CORES;
    BUFFER_EMPTY(0) && BUFFER_EMPTY(1) && BUFFER_EMPTY(2) && BUFFER_EMPTY(3);
    assert(memory[FIRST] == 0 && memory[LAST] == 0 && memory[LOCK] == 0);
    assert(counted == woken)
}

init {
    atomic {
        run store_buffer(0);
        run store_buffer(1);
        run store_buffer(2);
        run store_buffer(3);
        run check();
        run wait(0, true);
        run wait(1, false);
        run wake(2);
        run wake(3)
    }
}
