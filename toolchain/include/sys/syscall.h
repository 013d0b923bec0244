/* Numbers for syscall(): only what runtime libraries call by number exists, all else is ENOSYS. */
#pragma once

#include <sys/cdefs.h>

#define SYS_gettid 186
#define SYS_futex 202
#define SYS_getcpu 309
#define SYS_getrandom 318

#define __NR_gettid SYS_gettid
#define __NR_futex SYS_futex
#define __NR_getcpu SYS_getcpu
#define __NR_getrandom SYS_getrandom

__BEGIN_DECLS
long syscall(long number, ...);
__END_DECLS
