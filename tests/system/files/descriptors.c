/* Descriptor numbers and their flags. */
#include "check.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

void test_descriptors(void) {
    const int first = open("file", O_RDWR | O_CREAT, 0600);
    const int second = open("file", O_RDONLY | O_CLOEXEC);
    CHECK(first >= 3 && second == first + 1);
    CHECK(close(first) == 0);
    CHECK(open("file", O_RDWR) == first); /* the lowest free number */

    const int copy = dup(first);
    CHECK(copy == second + 1);
    CHECK(write(first, "abc", 3) == 3);
    CHECK(lseek(copy, 0, SEEK_CUR) == 3); /* one position */
    CHECK(lseek(second, 0, SEEK_CUR) == 0);
    CHECK(dup2(first, 100) == 100 && lseek(100, 0, SEEK_CUR) == 3);
    CHECK(dup2(100, 100) == 100);
    FAILS(dup(999), EBADF);
    FAILS(dup2(999, 100), EBADF);
    FAILS(dup2(first, -1), EBADF);
    FAILS(dup3(first, first, 0), EINVAL);
    CHECK(dup3(first, 101, O_CLOEXEC) == 101 && fcntl(101, F_GETFD) == FD_CLOEXEC);
    CHECK(fcntl(100, F_GETFD) == 0);
    CHECK(fcntl(second, F_GETFD) == FD_CLOEXEC);
    CHECK(fcntl(second, F_SETFD, 0) == 0 && fcntl(second, F_GETFD) == 0);
    const int high = fcntl(first, F_DUPFD, 200);
    CHECK(high == 200);
    const int higher = fcntl(first, F_DUPFD_CLOEXEC, 200);
    CHECK(higher == 201 && fcntl(higher, F_GETFD) == FD_CLOEXEC);
    FAILS(fcntl(first, F_DUPFD, -1), EINVAL);
    FAILS(fcntl(999, F_GETFD), EBADF);
    FAILS(fcntl(first, 9999), EINVAL);

    CHECK((fcntl(first, F_GETFL) & O_ACCMODE) == O_RDWR);
    CHECK((fcntl(second, F_GETFL) & O_ACCMODE) == O_RDONLY);
    CHECK(fcntl(first, F_SETFL, O_APPEND | O_NONBLOCK) == 0);
    CHECK((fcntl(copy, F_GETFL) & (O_APPEND | O_NONBLOCK)) == (O_APPEND | O_NONBLOCK));
    CHECK(fcntl(first, F_SETFL, 0) == 0 && (fcntl(first, F_GETFL) & O_APPEND) == 0);

    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CHECK(fcntl(first, F_SETLK, &lock) == 0);
    CHECK(fcntl(copy, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK);

    int waiting = -1;
    CHECK(lseek(first, 1, SEEK_SET) == 1);
    CHECK(ioctl(first, FIONREAD, &waiting) == 0 && waiting == 2);
    FAILS_EITHER(ioctl(first, TIOCGWINSZ, &waiting), ENOTTY, EINVAL);
    FAILS(ioctl(999, FIONREAD, &waiting), EBADF);

    for (int fd = 3; fd < 300; ++fd) {
        close(fd);
    }
    /* More than a handful at once. */
    int last = -1;
    for (int i = 0; i < 500; ++i) {
        last = open("file", O_RDONLY);
        CHECK(last == 3 + i);
    }
    for (int fd = 3; fd <= last; ++fd) {
        CHECK(close(fd) == 0);
    }
}
