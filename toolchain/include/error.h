/* Messages on stderr, after glibc's interface. */
#pragma once

#include <sys/cdefs.h>

__BEGIN_DECLS
extern unsigned error_message_count;
extern int error_one_per_line;
extern void (*error_print_progname)(void);

void error(int status, int number, const char* format, ...) __printflike(3, 4);
void error_at_line(int status, int number, const char* file, unsigned line, const char* format, ...)
    __printflike(5, 6);
__END_DECLS
