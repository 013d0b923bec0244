/* Old names of limits. */
#pragma once

#include <limits.h>
#include <machine/endian.h>
#include <machine/param.h>
#include <sys/cdefs.h>
#include <sys/config.h>
#include <sys/types.h>

#define NBBY 8
#define HZ 100
#define NOFILE OPEN_MAX
#define NGROUPS NGROUPS_MAX
#define MAXPATHLEN PATH_MAX
#define MAXSYMLINKS SYMLOOP_MAX
#define MAXHOSTNAMELEN HOST_NAME_MAX
#define DEV_BSIZE 512

#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif
#define howmany(count, unit) (((count) + ((unit)-1)) / (unit))
#define roundup(value, unit) (howmany(value, unit) * (unit))
#define powerof2(value) ((((value)-1) & (value)) == 0)
