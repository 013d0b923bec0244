/* Writes to both streams, through stdio and directly, and reads the end of standard input. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    char byte;
    if (read(0, &byte, 1) != 0 || getchar() != EOF) {
        return 1;
    }
    fprintf(stderr, "error one\n");
    printf("output one\n");
    fflush(stdout);
    const char output[] = "output two\n", error[] = "error two\n";
    if (write(1, output, strlen(output)) != (ssize_t)strlen(output) ||
        write(2, error, strlen(error)) != (ssize_t)strlen(error)) {
        return 2;
    }
    errno = 0;
    if (lseek(1, 0, SEEK_CUR) != -1 || errno != ESPIPE) {
        return 3;
    }
    /* Bytes of every value pass unchanged. */
    for (int i = 0; i < 256; ++i) {
        putchar(i);
    }
    return 0;
}
