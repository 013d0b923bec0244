/* Backtraces of the calling thread. */
#pragma once

#include <sys/cdefs.h>

__BEGIN_DECLS
int backtrace(void** frames, int size);
char** backtrace_symbols(void* const* frames, int size);
void backtrace_symbols_fd(void* const* frames, int size, int fd);
__END_DECLS
