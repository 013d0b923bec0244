/* poll and select: files are ready at once, time-outs take as long as they say. */
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void test_waiting(void) {
    const int fd = open("f", O_RDWR | O_CREAT, 0600);
    struct pollfd entries[] = {{fd, POLLIN | POLLOUT, 0}, {-1, POLLIN, 99}, {999, POLLIN, 0}};
    CHECK(poll(entries, 1, -1) == 1 && entries[0].revents == (POLLIN | POLLOUT));
    CHECK(poll(entries, 3, 1000) == 2);
    CHECK(entries[1].revents == 0 && entries[2].revents == POLLNVAL);
    double start = seconds();
    CHECK(poll(NULL, 0, 30) == 0);
    double waited = seconds() - start;
    CHECK(waited >= 0.03 && waited < 5.0);
    CHECK(poll(&entries[1], 1, 0) == 0);

    fd_set read_set, write_set;
    FD_ZERO(&read_set);
    FD_ZERO(&write_set);
    FD_SET(fd, &read_set);
    FD_SET(fd, &write_set);
    CHECK(select(fd + 1, &read_set, &write_set, NULL, NULL) == 2);
    CHECK(FD_ISSET(fd, &read_set) && FD_ISSET(fd, &write_set));
    struct timeval timeout = {0, 20000};
    start = seconds();
    CHECK(select(0, NULL, NULL, NULL, &timeout) == 0);
    waited = seconds() - start;
    CHECK(waited >= 0.02 && waited < 5.0);
    FD_SET(fd + 1, &read_set);
    FAILS(select(fd + 2, &read_set, NULL, NULL, NULL), EBADF);
    timeout.tv_usec = -1;
    FAILS(select(0, NULL, NULL, NULL, &timeout), EINVAL);
    const struct timespec nothing = {0, 0};
    CHECK(pselect(0, NULL, NULL, NULL, &nothing, NULL) == 0);
    close(fd);
}
