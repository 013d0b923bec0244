/* <err.h>: messages on stderr with the program's name, and with the text of errno or without. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void message(int with_errno, const char* format, va_list arguments) {
    int number = errno;
    flockfile(stderr);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    if (format)
        vfprintf(stderr, format, arguments);
    if (with_errno)
        fprintf(stderr, "%s%s", format ? ": " : "", strerror(number));
    putc('\n', stderr);
    funlockfile(stderr);
}

void vwarn(const char* format, va_list arguments) { message(1, format, arguments); }
void vwarnx(const char* format, va_list arguments) { message(0, format, arguments); }

void verr(int status, const char* format, va_list arguments) {
    message(1, format, arguments);
    exit(status);
}

void verrx(int status, const char* format, va_list arguments) {
    message(0, format, arguments);
    exit(status);
}

#define WITH_ARGUMENTS(call)                                                                       \
    va_list arguments;                                                                             \
    va_start(arguments, format);                                                                   \
    call;                                                                                          \
    va_end(arguments)

void warn(const char* format, ...) { WITH_ARGUMENTS(vwarn(format, arguments)); }
void warnx(const char* format, ...) { WITH_ARGUMENTS(vwarnx(format, arguments)); }

void err(int status, const char* format, ...) {
    WITH_ARGUMENTS(verr(status, format, arguments));
    __builtin_unreachable();
}

void errx(int status, const char* format, ...) {
    WITH_ARGUMENTS(verrx(status, format, arguments));
    __builtin_unreachable();
}
