/* Cores with store buffers, as x86-64 has them: a core's stores wait in a queue of its own and reach
 * memory later, in their order; it sees its own stores at once, others see them in memory only. A
 * locked instruction and a fence wait until the queue is empty. [intel/vol3] §9.2; P. Sewell and
 * others, "x86-TSO: a rigorous and usable programmer's model for x86 multiprocessors", CACM 2010.
 *
 * Before including this file a model defines CORES, LOCATIONS and BUFFER (stores that a core can have
 * under way), and runs one `store_buffer` for each core that stores. All of memory is 0 at first. */

typedef StoreBuffer {
    byte count;
    byte location[BUFFER];
    byte value[BUFFER];
}
StoreBuffer buffer[CORES];
byte memory[LOCATIONS];

#define BUFFER_EMPTY(core) (buffer[core].count == 0)

/* A plain store, on x86-64 also a release store. */
inline STORE(core, where, what) {
    atomic {
        buffer[core].count < BUFFER;
        buffer[core].location[buffer[core].count] = where;
        buffer[core].value[buffer[core].count] = what;
        buffer[core].count++
    }
}

/* A plain load: the newest store of its own to that place, else memory. Needs a `byte i_`. */
inline LOAD(core, where, into) {
    d_step {
        into = memory[where];
        i_ = 0;
        do
        :: i_ < buffer[core].count ->
            if
            :: buffer[core].location[i_] == where -> into = buffer[core].value[i_]
            :: else
            fi;
            i_++
        :: else -> break
        od;
        i_ = 0
    }
}

/* mfence, and the guard before every locked instruction. */
#define FENCE(core) BUFFER_EMPTY(core)

/* lock xchg. */
inline EXCHANGE(core, where, what, into) {
    atomic {
        BUFFER_EMPTY(core);
        into = memory[where];
        memory[where] = what
    }
}

/* lock cmpxchg. */
inline COMPARE_EXCHANGE(core, where, expected, what, succeeded) {
    atomic {
        BUFFER_EMPTY(core);
        succeeded = (memory[where] == expected);
        if
        :: succeeded -> memory[where] = what
        :: else
        fi
    }
}

/* The oldest store of a core reaches memory, whenever it likes. */
proctype store_buffer(byte core) {
    byte i_;
end:
    do
    :: d_step {
        buffer[core].count > 0 ->
        memory[buffer[core].location[0]] = buffer[core].value[0];
        buffer[core].count--;
        i_ = 0;
        do
        :: i_ < buffer[core].count ->
            buffer[core].location[i_] = buffer[core].location[i_ + 1];
            buffer[core].value[i_] = buffer[core].value[i_ + 1];
            i_++
        :: else -> break
        od;
        /* What is unused is 0, or equal states would look different. */
        buffer[core].location[buffer[core].count] = 0;
        buffer[core].value[buffer[core].count] = 0;
        i_ = 0
    }
    od
}
