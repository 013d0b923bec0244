/* The macros over cpu_set_t. The _S forms take the set's size in bytes, so that a set made by
   CPU_ALLOC can be larger or smaller than cpu_set_t; a processor number beyond the set is neither
   set nor found. */
#pragma once

#include <sys/_cpuset.h>
#include <sys/cdefs.h>
#define __need_size_t
#include <stddef.h>

#define CPU_SETSIZE __CPU_SETSIZE

__BEGIN_DECLS
int __sched_cpucount(size_t size, const cpu_set_t* set);
cpu_set_t* __sched_cpualloc(size_t count);
void __sched_cpufree(cpu_set_t* set);
__END_DECLS

#define __CPU_WORD(cpu) ((size_t)(cpu) / __NCPUBITS)
#define __CPU_MASK(cpu) (1UL << ((size_t)(cpu) % __NCPUBITS))
#define __CPU_OP_S(cpu, size, set, op)                                                             \
    ((size_t)(cpu) / 8 < (size) ? (((unsigned long*)(set))[__CPU_WORD(cpu)] op) : 0UL)
#define __CPU_EACH_S(size, dest, a, b, op)                                                         \
    do {                                                                                           \
        for (size_t __i = 0; __i < (size) / sizeof(unsigned long); ++__i) {                        \
            ((unsigned long*)(dest))[__i] =                                                        \
                ((const unsigned long*)(a))[__i] op((const unsigned long*)(b))[__i];               \
        }                                                                                          \
    } while (0)

#define CPU_SET_S(cpu, size, set) __CPU_OP_S(cpu, size, set, |= __CPU_MASK(cpu))
#define CPU_CLR_S(cpu, size, set) __CPU_OP_S(cpu, size, set, &= ~__CPU_MASK(cpu))
#define CPU_ISSET_S(cpu, size, set) (__CPU_OP_S(cpu, size, set, &__CPU_MASK(cpu)) != 0)
#define CPU_ZERO_S(size, set) ((void)__builtin_memset((set), 0, (size)))
#define CPU_COUNT_S(size, set) __sched_cpucount((size), (set))
#define CPU_EQUAL_S(size, a, b) (__builtin_memcmp((a), (b), (size)) == 0)
#define CPU_AND_S(size, dest, a, b) __CPU_EACH_S(size, dest, a, b, &)
#define CPU_OR_S(size, dest, a, b) __CPU_EACH_S(size, dest, a, b, |)
#define CPU_XOR_S(size, dest, a, b) __CPU_EACH_S(size, dest, a, b, ^)

#define CPU_SET(cpu, set) CPU_SET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_CLR(cpu, set) CPU_CLR_S(cpu, sizeof(cpu_set_t), set)
#define CPU_ISSET(cpu, set) CPU_ISSET_S(cpu, sizeof(cpu_set_t), set)
#define CPU_ZERO(set) CPU_ZERO_S(sizeof(cpu_set_t), set)
#define CPU_COUNT(set) CPU_COUNT_S(sizeof(cpu_set_t), set)
#define CPU_EQUAL(a, b) CPU_EQUAL_S(sizeof(cpu_set_t), a, b)
#define CPU_AND(dest, a, b) CPU_AND_S(sizeof(cpu_set_t), dest, a, b)
#define CPU_OR(dest, a, b) CPU_OR_S(sizeof(cpu_set_t), dest, a, b)
#define CPU_XOR(dest, a, b) CPU_XOR_S(sizeof(cpu_set_t), dest, a, b)

#define CPU_ALLOC_SIZE(count)                                                                      \
    (((size_t)(count) + __NCPUBITS - 1) / __NCPUBITS * sizeof(unsigned long))
#define CPU_ALLOC(count) __sched_cpualloc(count)
#define CPU_FREE(set) __sched_cpufree(set)
