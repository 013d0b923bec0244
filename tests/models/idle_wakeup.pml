/* Halting, priorities and remote wake-ups: sched/core_scheduler.cpp.
 *
 * Core 0 runs what the function names here say; cores 1 and 2 wake tasks that live on it, by
 * make_ready() -> wake_elsewhere() -> wake_remote(), or core 2 has a device interrupt core 0, whose
 * handler wakes the task there. Two of the tasks are equals, the third is more important. A less
 * important one spins until the others have run, so a wake-up that does not come through, or an IPI
 * or a time slice that is missing, is a state in which nothing can go on: SPIN reports an invalid end
 * state. The inbox is a set here; inbox.pml has its links.
 *
 * Before it halts an idle core polls: with interrupts on it looks at its queues for as long as it
 * likes, and others see that it needs no IPI.
 *
 * Variants, each of which loses a wake-up:
 *   NO_FENCE          idle_loop() announces the halt by a plain store
 *   NO_HALT_LOOK      idle_loop() looks at the inbox while it polls, but not after the announcement
 *   NO_POLL_LOOK      poll() looks for the last time before interrupts are off
 *   NO_FENCE_PUBLISH  publish() lowers the threshold by a plain store
 *   NO_LOOK           publish() does not look at the inbox afterwards
 *   NO_SLICE          the first equal does not start a time slice */

#define CORES 3
#define BUFFER 2
#define LOCATIONS 5
#define THRESHOLD 0 /* CoreScheduler::wake_threshold */
#define INBOX 1     /* CoreScheduler::inbox, a bit for each task */
#define STATE 2     /* Task::wait_state, first of three */
#include "tso.pml"

/* Tasks; also the number of the bit in INBOX. */
#define FIRST_EQUAL 0
#define SECOND_EQUAL 1
#define IMPORTANT 2
#define IDLE 3
#define NOBODY 4
#define PRIORITY(task) (task == IMPORTANT -> 2 : (task == IDLE -> NO_WAKE_UP : 1))
#define NO_WAKE_UP 4

#define EQUAL_ROUNDS 2
#define IMPORTANT_ROUNDS 3 /* the last one when nothing else ends a halt any more */
#define ROUNDS(task) (task == IMPORTANT -> IMPORTANT_ROUNDS : EQUAL_ROUNDS)
#define ALL_FINISHED                                                                                 \
    (finished[0] == ROUNDS(0) && finished[1] == ROUNDS(1) && finished[2] == ROUNDS(2))

#define NOT_WAITING 0
#define WAITING 1
#define WOKEN 2

/* The APIC's. */
bool interrupt_pending;
bool device_pending;

/* Core 0's own: nobody else reads these, so they need no store buffer. */
chan equals = [2] of { byte }; /* ready queue of the lower priority, the running task in front */
bool important_ready;
bool slice_armed;

/* What the tasks have done. */
byte finished[3];

/* arch::send_reschedule(): a fence, then the APIC, at once. */
inline send_reschedule(core) {
    FENCE(core);
    interrupt_pending = true
}

inline enqueue(task) { /* ReadyQueues::add */
    if
    :: task == IMPORTANT -> assert(!important_ready); important_ready = true
    :: else -> equals!task
    fi
}

/* CoreScheduler::drain(): Inbox::take_all(). The order of the two equals is left open. */
inline drain() {
    LOAD(0, INBOX, seen);
    if
    :: seen != 0 ->
        EXCHANGE(0, INBOX, 0, seen);
        atomic {
            if
            :: seen & 4 -> enqueue(IMPORTANT)
            :: else
            fi;
            if
            :: (seen & 3) == 3 -> enqueue(FIRST_EQUAL); enqueue(SECOND_EQUAL)
            :: (seen & 3) == 3 -> enqueue(SECOND_EQUAL); enqueue(FIRST_EQUAL)
            :: (seen & 3) == 1 -> enqueue(FIRST_EQUAL)
            :: (seen & 3) == 2 -> enqueue(SECOND_EQUAL)
            :: (seen & 3) == 0
            fi;
            seen = 0
        }
    :: else
    fi
}

/* CoreScheduler::next_task(). */
inline choose(into) {
    atomic {
        if
        :: important_ready -> into = IMPORTANT
        :: !important_ready && nempty(equals) -> equals?<into>
        :: !important_ready && empty(equals) -> into = IDLE
        fi
    }
}

/* CoreScheduler::publish(). */
inline publish(threshold) {
    LOAD(0, THRESHOLD, seen);
    if
    :: threshold > seen -> STORE(0, THRESHOLD, threshold)
    :: else ->
#ifdef NO_FENCE_PUBLISH
        STORE(0, THRESHOLD, threshold);
#else
        EXCHANGE(0, THRESHOLD, threshold, seen);
#endif
#ifndef NO_LOOK
        LOAD(0, INBOX, seen);
        if
        :: seen != 0 -> send_reschedule(0)
        :: else
        fi
#endif
    fi;
    seen = 0
}

/* CoreScheduler::settle(). */
inline settle(task) {
#ifndef NO_SLICE
    if
    :: !slice_armed && task < IMPORTANT && len(equals) == 2 -> slice_armed = true
    :: else
    fi;
#endif
    LOAD(0, THRESHOLD, seen);
    if
    :: PRIORITY(task) + slice_armed != seen -> publish(PRIORITY(task) + slice_armed)
    :: else -> seen = 0
    fi
}

/* CoreScheduler::preempt(), on the way out of an interrupt. */
inline preempt(slice_over) {
    drain();
    choose(next);
    if
    :: next == IDLE || PRIORITY(next) <= PRIORITY(running) ->
        next = running;
        if
        :: slice_over && running < IMPORTANT && len(equals) == 2 ->
            if
            :: equals?next; equals!next; equals?<next> /* step_behind(): its slice is used up */
            :: slice_armed = true                      /* it began later */
            fi
        :: else
        fi
    :: else
    fi;
    settle(next);
    running = next
}

/* A device's handler: claim(), then make_ready() -> wake_local() -> compete(). */
inline device_handler() {
    EXCHANGE(0, STATE + IMPORTANT, WOKEN, seen);
    assert(seen == WAITING);
    seen = 0;
    enqueue(IMPORTANT);
    if
    :: running != IDLE -> send_reschedule(0)
    :: else /* settle() finds nothing to change */
    fi
}

/* Interrupts are on: what is pending comes now. */
inline run_interrupt() {
    if
    :: atomic { interrupt_pending -> interrupt_pending = false };
        preempt(false)
    :: atomic { device_pending -> device_pending = false };
        device_handler();
        preempt(false)
    :: atomic { slice_armed -> slice_armed = false }; /* timer_expired() */
        preempt(true)
    fi
}

/* Takes the running task out of the ready queues: ReadyQueues::remove(). */
inline leave() {
    atomic {
        if
        :: running == IMPORTANT -> important_ready = false
        :: else -> equals?next; assert(next == running)
        fi
    }
}

/* CoreScheduler::block_after_decisions(). */
inline block_after_decisions() {
    leave();
    drain();
    choose(next);
    settle(next);
    running = next
}

/* begin_wait(), then CoreScheduler::block() or block_until(); or exit() after the last round. */
inline wait_or_exit() {
    finished[running]++;
    if
    :: finished[running] < ROUNDS(running) ->
        STORE(0, STATE + running, WAITING);
        LOAD(0, INBOX, seen);
        if
        :: running < IMPORTANT && len(equals) == 2 && seen == 0 -> /* block(): the short way */
            seen = 0;
            leave();
            equals?<running>
        :: running == IMPORTANT || len(equals) < 2 || seen != 0 ->
            seen = 0;
            block_after_decisions()
        :: true -> /* block_until(): at most one equal is left alone */
            seen = 0;
            slice_armed = false;
            block_after_decisions()
        fi
    :: else -> /* exit() */
        leave();
        drain();
        choose(next);
        if
        :: next < IMPORTANT && len(equals) == 2
        :: else -> slice_armed = false /* end_slice() */
        fi;
        settle(next);
        running = next
    fi
}

/* CoreScheduler::yield(), drain_and_yield(), yield_to_next(). */
inline yield() {
    LOAD(0, INBOX, seen);
    if
    :: seen != 0 -> drain()
    :: else
    fi;
    atomic {
        equals?next;
        equals!next; /* step_behind() */
        equals?<running>
    }
}

/* What CoreScheduler::poll() ends with: whether something came. */
inline look(found) {
    LOAD(0, INBOX, found);
    found = (found != 0 || important_ready || nempty(equals))
}

/* The end of idle_loop(). */
inline halt() {
#ifdef NO_FENCE
    STORE(0, THRESHOLD, 0);
#else
    EXCHANGE(0, THRESHOLD, 0, seen);
#endif
#ifdef NO_HALT_LOOK
    seen = 0;
#else
    LOAD(0, INBOX, seen);
#endif
    if
    :: seen == 0 -> /* enable_and_halt() */
        if
        :: atomic { interrupt_pending -> interrupt_pending = false }
        :: atomic { device_pending -> device_pending = false };
            device_handler()
        :: ALL_FINISHED -> goto done
        fi
    :: else
    fi;
    seen = 0;
    STORE(0, THRESHOLD, NO_WAKE_UP)
}

proctype home() {
    byte running = IDLE, next = NOBODY, seen, found, i_;
    byte yields = 2;
    do
    :: running == IDLE -> /* idle_loop() */
        drain();
        choose(next);
        if
        :: next != IDLE -> settle(next); running = next
        :: else ->
            slice_armed = false; /* end_slice() */
#ifdef NO_POLL_LOOK
            look(found);
#endif
            do /* polls, for as long as it likes */
            :: atomic { interrupt_pending -> interrupt_pending = false }
            :: atomic { device_pending -> device_pending = false };
                device_handler()
            :: break
            od;
#ifndef NO_POLL_LOOK
            look(found);
#endif
            if
            :: found -> found = false
            :: else -> halt()
            fi
        fi
    :: running == FIRST_EQUAL -> /* spins until the others are as far as it is */
        if
        :: finished[1] > finished[0] && finished[2] > finished[0] -> wait_or_exit()
        :: run_interrupt()
        :: yields > 0 -> /* not for ever: it has to go on without as well */
            yields--;
            yield()
        fi
    :: running == SECOND_EQUAL || running == IMPORTANT ->
        if
        :: wait_or_exit()
        :: run_interrupt()
        fi
    od;
done:
}

/* Waits until it can claim a task, then make_ready() -> wake_remote(). Both are locked instructions. */
#define WAKE(core, task)                                                                             \
    atomic {                                                                                         \
        memory[STATE + task] == WAITING && BUFFER_EMPTY(core) -> memory[STATE + task] = WOKEN        \
    };                                                                                               \
    atomic {                                                                                         \
        assert(!(memory[INBOX] & (1 << task)));                                                      \
        memory[INBOX] = memory[INBOX] | (1 << task)                                                  \
    };                                                                                               \
    LOAD(core, THRESHOLD, seen);                                                                     \
    if                                                                                               \
    :: PRIORITY(task) >= seen -> send_reschedule(core)                                               \
    :: else                                                                                          \
    fi;                                                                                              \
    seen = 0

proctype waker_of_equals() {
    byte seen, round, i_;
    do
    :: round < EQUAL_ROUNDS -> WAKE(1, FIRST_EQUAL); WAKE(1, SECOND_EQUAL); round++
    :: else -> break
    od
}

proctype waker_of_important() {
    byte seen, round, i_;
    do
    :: round < IMPORTANT_ROUNDS -> WAKE(2, IMPORTANT); round++
    :: round < IMPORTANT_ROUNDS -> /* a device has something for the task */
        atomic { memory[STATE + IMPORTANT] == WAITING -> device_pending = true };
        finished[IMPORTANT] > round;
        round++
    :: else -> break
    od
}

init {
    atomic {
        memory[THRESHOLD] = NO_WAKE_UP;
        memory[STATE + FIRST_EQUAL] = WAITING;
        memory[STATE + SECOND_EQUAL] = WAITING;
        memory[STATE + IMPORTANT] = WAITING;
        run store_buffer(0);
        run home();
        run waker_of_equals();
        run waker_of_important()
    }
}
