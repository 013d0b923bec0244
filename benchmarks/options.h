/* Options of the programs: --name NUMBER, and switches: --name. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option {
    const char* name; /* with its dashes; NULL ends the list */
    long* value;      /* keeps what it was if the option is not given */
    long least, most; /* both 0: a switch, whose value becomes 1 */
};

/* Reads the arguments; ends the program with status 2 and `usage` if they make no sense. */
static inline void read_options(int argc, char** argv, const struct option* options,
                                const char* usage) {
    for (int i = 1; i < argc; ++i) {
        const struct option* option = options;
        while (option->name != NULL && strcmp(option->name, argv[i]) != 0) {
            ++option;
        }
        if (option->name != NULL && option->most == 0) {
            *option->value = 1;
            continue;
        }
        if (option->name != NULL && i + 1 < argc) {
            char* end;
            *option->value = strtol(argv[++i], &end, 10);
            if (end != argv[i] && *end == '\0' && *option->value >= option->least &&
                *option->value <= option->most) {
                continue;
            }
        }
        fprintf(stderr, "usage: %s\n", usage);
        exit(2);
    }
}

#endif
