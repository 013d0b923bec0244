/* Widths of the system types: 64-bit devices, inodes and sizes; Newlib's defaults are for small
 * machines. */
#ifndef _MACHINE__TYPES_H
#define _MACHINE__TYPES_H

#include <machine/_default_types.h>

typedef __int64_t __blkcnt_t;
#define __machine_blkcnt_t_defined
typedef __int64_t __blksize_t;
#define __machine_blksize_t_defined
typedef __uint64_t __dev_t;
#define __machine_dev_t_defined
typedef __uint64_t __ino_t;
#define __machine_ino_t_defined
typedef __uint32_t __uid_t;
#define __machine_uid_t_defined
typedef __uint32_t __gid_t;
#define __machine_gid_t_defined
typedef __uint64_t __fsblkcnt_t;
#define __machine_fsblkcnt_t_defined
typedef __uint64_t __fsfilcnt_t;
#define __machine_fsfilcnt_t_defined
#define _CLOCK_T_ long
#define __machine_clock_t_defined
#define _CLOCKID_T_ int
#define __machine_clockid_t_defined
typedef __uint64_t __rlim_t;

#endif
