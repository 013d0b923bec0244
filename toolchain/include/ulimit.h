/* The old way to the limit on a file's size. */
#pragma once

#include <sys/cdefs.h>

#define UL_GETFSIZE 1
#define UL_SETFSIZE 2

__BEGIN_DECLS
long ulimit(int command, ...);
__END_DECLS
