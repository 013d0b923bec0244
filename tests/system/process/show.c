/* Shows its arguments and environment exactly: each string between brackets, bytes that are not
 * plain text in hexadecimal. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

extern char** environ;

static void show(const char* what, const char* text) {
    printf("%s [", what);
    for (; *text != '\0'; ++text) {
        const unsigned char byte = (unsigned char)*text;
        if (byte < 0x20 || byte > 0x7E || byte == '%') {
            printf("%%%02X", byte);
        } else {
            putchar(byte);
        }
    }
    puts("]");
}

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        show("argument", argv[i]);
    }
    if (argv[argc] != NULL) {
        puts("argv does not end in a null pointer");
        return 1;
    }
    for (char** variable = environ; *variable != NULL; ++variable) {
        show("environment", *variable);
    }
    return 0;
}
