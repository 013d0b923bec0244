/* <error.h>, after glibc: a message on stderr, and the end of the program if the status is not
 * zero. */
#include <errno.h>
#include <error.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned error_message_count;
int error_one_per_line;
void (*error_print_progname)(void);

static void finish_message(int status, int number, const char* format, va_list arguments) {
    vfprintf(stderr, format, arguments);
    if (number)
        fprintf(stderr, ": %s", strerror(number));
    putc('\n', stderr);
    funlockfile(stderr);
    ++error_message_count;
    if (status)
        exit(status);
}

static void print_name(void) {
    fflush(stdout);
    flockfile(stderr);
    if (error_print_progname) {
        error_print_progname();
    } else {
        fprintf(stderr, "%s:", program_invocation_name);
    }
}

void error(int status, int number, const char* format, ...) {
    va_list arguments;
    print_name();
    if (!error_print_progname)
        putc(' ', stderr);
    va_start(arguments, format);
    finish_message(status, number, format, arguments);
    va_end(arguments);
}

void error_at_line(int status, int number, const char* file, unsigned line, const char* format,
                   ...) {
    static const char* last_file;
    static unsigned last_line;
    if (error_one_per_line && last_file && line == last_line && strcmp(file, last_file) == 0)
        return;
    last_file = file;
    last_line = line;

    va_list arguments;
    print_name();
    fprintf(stderr, "%s:%u: ", file, line);
    va_start(arguments, format);
    finish_message(status, number, format, arguments);
    va_end(arguments);
}
