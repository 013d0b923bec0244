/* How every program here says what it measured: one row per figure, which tools/hermit-bench reads.
 *
 * A row is NAME, at least two blanks, VALUE, a blank, UNIT. Names are the same on every system and
 * occur once in a program. Units: ticks (of the time-stamp counter, per operation), s, MiB/s,
 * Mpairs/s, count, percent. Lines that start with "# " are for the human reader.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void report_row(const char* name, double value, const char* unit) {
    const int digits = strcmp(unit, "s") == 0 ? 6 : 2;
    const double half = digits == 6 ? 0.5e-6 : 0.5e-2;
    const double shown = value > -half && value < 0 ? 0.0 : value; /* never "-0.00" */
    printf("%-46s %14.*f %s\n", name, digits, shown, unit);
}

/* In place of a row that this system or this machine cannot have. */
static inline void report_skipped(const char* name, const char* reason) {
    printf("# skipped: %s: %s\n", name, reason);
}

/* Ends the program with status 1: its result is wrong, or it could not be run. */
__attribute__((format(printf, 1, 2), noreturn)) static inline void fail(const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fflush(stdout);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

#endif
