/* The stack in which other cores leave tasks: sched/include/sched/inbox.hpp.
 *
 * Cores 1 and 2 push, core 0 takes all. A task that was taken is pushed again, by whoever is next to
 * claim it, so that the top may be the same task with other links (ABA). Each push is taken once, with
 * what the pusher wrote into the task before, and those of one pusher in their order.
 *
 * Variants, each of which must be caught:
 *   NO_FENCE    push() writes the top by a plain store after its comparison: not one step
 *   NO_EXCHANGE take_all() reads the top, then stores null
 *   LATE_LINK   push() links the task after it has become the top
 *   NO_RELEASE  a task can be claimed again before its old links have reached memory */

#define CORES 3
#define BUFFER 3
#define LOCATIONS 10
#define NEWEST 0         /* Inbox::newest_: number of a task, 0 for null */
#define LINK(task) task  /* Task::inbox_next: 1 to 3 */
#define DATA(task) (3 + task) /* anything that the pusher writes: which push this is */
#define STATE(task) (6 + task) /* Task::wait_state: whether somebody has claimed it */
#include "tso.pml"

#define TASKS 3
#define PUSHES 2 /* of each of the two cores */

byte taken;
byte last_seen[CORES];

inline push(core, task) {
    LOAD(core, NEWEST, newest);
    do
    ::
#ifndef LATE_LINK
        STORE(core, LINK(task), newest);
#endif
#ifdef NO_FENCE
        LOAD(core, NEWEST, found);
        done = (found == newest);
        if
        :: done -> STORE(core, NEWEST, task)
        :: else
        fi;
#else
        COMPARE_EXCHANGE(core, NEWEST, newest, task, done);
#endif
        if
        :: done ->
#ifdef LATE_LINK
            STORE(core, LINK(task), newest);
#endif
            break
        :: else -> LOAD(core, NEWEST, newest)
        fi
    od;
    newest = 0;
    found = 0;
    done = false
}

proctype pusher(byte core) {
    byte number, task, newest, found, i_;
    bool done;
    do
    :: number < PUSHES ->
        number++;
        atomic { /* claim(), of any task that waits */
            BUFFER_EMPTY(core) && (!memory[STATE(1)] || !memory[STATE(2)] || !memory[STATE(3)]);
            if
            :: !memory[STATE(1)] -> task = 1
            :: !memory[STATE(2)] -> task = 2
            :: !memory[STATE(3)] -> task = 3
            fi;
            memory[STATE(task)] = true
        }
        STORE(core, DATA(task), core * 4 + number);
        push(core, task)
    :: else -> break
    od
}

/* The task runs, and comes to begin_wait(). */
inline run_task(task) {
    LOAD(0, DATA(task), data);
    d_step {
        assert(data % 4 == last_seen[data / 4] + 1);
        last_seen[data / 4] = data % 4;
        data = 0;
        taken++
    }
#ifdef NO_RELEASE
    memory[STATE(task)] = false;
#else
    STORE(0, STATE(task), false);
#endif
}

proctype owner() {
    byte task, first, older, data, i_;
    do
    :: taken == 2 * PUSHES -> break
    :: memory[NEWEST] != 0 -> /* take_all() */
#ifdef NO_EXCHANGE
        LOAD(0, NEWEST, task);
        STORE(0, NEWEST, 0);
#else
        EXCHANGE(0, NEWEST, 0, task);
#endif
        do
        :: task != 0 ->
            LOAD(0, LINK(task), older);
            STORE(0, LINK(task), first);
            first = task;
            task = older
        :: else -> break
        od;
        older = 0;
        /* CoreScheduler::drain_inbox() */
        do
        :: first != 0 ->
            LOAD(0, LINK(first), older);
            run_task(first);
            first = older
        :: else -> break
        od;
        older = 0
    od;
    BUFFER_EMPTY(0) && BUFFER_EMPTY(1) && BUFFER_EMPTY(2);
    assert(memory[NEWEST] == 0)
}

init {
    atomic {
        run store_buffer(0);
        run store_buffer(1);
        run store_buffer(2);
        run owner();
        run pusher(1);
        run pusher(2)
    }
}
