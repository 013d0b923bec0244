/* getline and getdelim exist in Newlib under internal names only. */
#include <stdio.h>

ssize_t getdelim(char** restrict line, size_t* restrict size, int delimiter, FILE* restrict file) {
    return __getdelim(line, size, delimiter, file);
}

ssize_t getline(char** restrict line, size_t* restrict size, FILE* restrict file) {
    return __getdelim(line, size, '\n', file);
}
