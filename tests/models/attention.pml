/* Changed attributes, announced by an interrupt that can overtake stores: sched/attributes.cpp
 * (set_priority(), request_attention(), heed_changed_attributes()), arch/x86_64/local_apic.cpp
 * (MsrAccess::send()).
 *
 * Cores 1 and 2 change the priority of a task that is ready on core 0. In the end core 0 must have put
 * it where the last change says. An IPI through an x2APIC is the write of an MSR, which does not wait
 * for the store buffer: the sender's fence does.
 *
 * Variants, each of which must be caught:
 *   NO_FENCE     MsrAccess::send() writes the MSR without fence
 *   LATE_CLEAR   heed_changed_attributes() clears the request after it has looked */

#define CORES 3
#define BUFFER 3
#define LOCATIONS 3
#define PRIORITY 0  /* Task::priority */
#define ATTENTION 1 /* CoreScheduler::attention */
#define LOCK 2      /* attribute_lock */
#include "tso.pml"

bool interrupt_pending;
byte queued_priority; /* Task::queued_priority: core 0's own */
byte finished;

proctype home() {
    byte value, i_;
end:
    do
    :: atomic { interrupt_pending -> interrupt_pending = false };
        /* preempt() */
        LOAD(0, ATTENTION, value);
        if
        :: value ->
#ifdef LATE_CLEAR
            LOAD(0, PRIORITY, queued_priority);
            EXCHANGE(0, ATTENTION, false, value);
#else
            EXCHANGE(0, ATTENTION, false, value);
            LOAD(0, PRIORITY, queued_priority);
#endif
        :: else
        fi;
        value = 0
    :: finished == 2 && !interrupt_pending && BUFFER_EMPTY(1) && BUFFER_EMPTY(2) ->
        assert(queued_priority == memory[PRIORITY]);
        break
    od
}

/* set_priority(). */
proctype setter(byte core) {
    byte round;
    do
    :: round < 2 ->
        round++;
        atomic {
            BUFFER_EMPTY(core) && memory[LOCK] == 0;
            memory[LOCK] = 1
        }
        STORE(core, PRIORITY, core * 2 + round);
        STORE(core, LOCK, 0);
        /* request_attention() */
        STORE(core, ATTENTION, true);
#ifndef NO_FENCE
        FENCE(core);
#endif
        interrupt_pending = true
    :: else -> break
    od;
    finished++
}

init {
    atomic {
        run store_buffer(0);
        run store_buffer(1);
        run store_buffer(2);
        run home();
        run setter(1);
        run setter(2)
    }
}
