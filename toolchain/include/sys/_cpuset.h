/* cpu_set_t alone; the CPU_* macros are in <sched.h>. */
#pragma once

#define __CPU_SETSIZE 1024
#define __NCPUBITS (8 * sizeof(unsigned long))

typedef struct {
    unsigned long __bits[__CPU_SETSIZE / (8 * sizeof(unsigned long))];
} cpu_set_t;
