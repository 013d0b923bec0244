/* /dev/null and its relatives. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void test_devices(void) {
    unsigned char bytes[64];
    struct stat status;
    int fd = open("/dev/null", O_RDWR | O_TRUNC | O_CREAT, 0600);
    CHECK(fd >= 0 && write(fd, "gone", 4) == 4 && read(fd, bytes, 4) == 0);
    CHECK(fstat(fd, &status) == 0 && S_ISCHR(status.st_mode) && status.st_size == 0);
    FAILS(ftruncate(fd, 0), EINVAL);
    CHECK(isatty(fd) == 0);
    close(fd);

    fd = open("/dev/zero", O_RDWR);
    memset(bytes, 0xFF, sizeof(bytes));
    CHECK(read(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes));
    CHECK(bytes[0] == 0 && bytes[63] == 0 && write(fd, bytes, 4) == 4);
    close(fd);

    fd = open("/dev/full", O_RDWR);
    FAILS(write(fd, "x", 1), ENOSPC);
    CHECK(read(fd, bytes, 4) == 4 && bytes[3] == 0);
    close(fd);

    unsigned char other[sizeof(bytes)];
    fd = open("/dev/urandom", O_RDONLY);
    CHECK(read(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes));
    CHECK(read(fd, other, sizeof(other)) == (ssize_t)sizeof(other));
    CHECK(memcmp(bytes, other, sizeof(bytes)) != 0);
    close(fd);
    FAILS(open("/dev/null/x", O_RDONLY), ENOTDIR);
    FAILS(open("/dev/missing", O_RDONLY), ENOENT);
}
