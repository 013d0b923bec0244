/* Files may fill what memory is left, but never take what the application was promised: memory from
 * malloc can still be touched afterwards. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)

int main(void) {
    static char block[MIB];
    const size_t promised = 40 * MIB;
    char* const memory = malloc(promised);
    const int fd = open("/tmp/full", O_RDWR | O_CREAT, 0600);
    if (memory == NULL || fd < 0) {
        return 1;
    }
    size_t filled = 0;
    for (int round = 0; round < 2; ++round) {
        ssize_t count;
        filled = 0;
        memset(block, 'a' + round, sizeof(block));
        while ((count = write(fd, block, sizeof(block))) > 0) {
            filled += (size_t)count;
        }
        if (errno != ENOSPC || filled < 20 * MIB) {
            printf("round %d: %zu bytes, errno %d\n", round, filled, errno);
            return 1;
        }
        if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
            return 1;
        }
    }
    while (write(fd, block, sizeof(block)) > 0) {
    }
    memset(memory, 1, promised); /* ends the program if a file has it */
    char byte;
    if (pread(fd, &byte, 1, (off_t)(filled - 1)) != 1 || byte != 'b') {
        puts("contents lost");
        return 1;
    }
    puts("ok");
    return 0;
}
