/* Scrolls a screen, then shows every printable character, on both standard streams.
   With an argument it crashes instead. */
#include <stdio.h>

int main(int argc, char** argv) {
    (void)argv;
    if (argc > 1) {
        __builtin_trap();
    }
    for (int i = 0; i < 120; ++i) {
        printf("line %d\n", i);
    }
    for (int first = ' '; first <= '~'; first += 48) {
        for (int c = first; c < first + 48 && c <= '~'; ++c) {
            putchar(c);
        }
        putchar('\n');
    }
    fflush(stdout);
    fputs("to standard error: \xC3\xBC\n", stderr);
    puts("The quick brown fox jumps over the lazy dog.");
    return 0;
}
