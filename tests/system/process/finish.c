/* Ends the way that its first argument says, with the status in the second. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void last_words(void) { puts("atexit"); }

__attribute__((destructor)) static void destructor(void) { puts("destructor"); }

int main(int argc, char** argv) {
    const int status = argc > 2 ? atoi(argv[2]) : 0;
    atexit(last_words);
    printf("buffered ");
    if (strcmp(argv[1], "return") == 0) {
        return status;
    }
    if (strcmp(argv[1], "exit") == 0) {
        exit(status);
    }
    fflush(stdout);
    if (strcmp(argv[1], "_exit") == 0) {
        _exit(status);
    }
    return 99;
}
