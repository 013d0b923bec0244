/* Permissions, owners and times. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static void permissions(void) {
    struct stat status;
    close(open("f", O_RDWR | O_CREAT, 0666));
    CHECK(stat("f", &status) == 0 && (status.st_mode & 07777) == 0644 && S_ISREG(status.st_mode));
    CHECK(status.st_nlink == 1 && status.st_size == 0 && status.st_blksize > 0);
    CHECK(chmod("f", 0400) == 0 && stat("f", &status) == 0 && (status.st_mode & 07777) == 0400);
    const int fd = open("f", O_RDONLY);
    CHECK(fchmod(fd, 0755) == 0 && fstat(fd, &status) == 0 && (status.st_mode & 07777) == 0755);
    CHECK(fchmodat(AT_FDCWD, "f", 0600, 0) == 0);
    FAILS(chmod("missing", 0600), ENOENT);
    FAILS(fchmod(999, 0600), EBADF);
    CHECK(access("f", R_OK | W_OK) == 0);
    FAILS(access("f", X_OK), EACCES);
    CHECK(access(".", X_OK) == 0);
    FAILS(access("missing", F_OK), ENOENT);
    CHECK(umask(077) == 022 && umask(022) == 077);
    CHECK(chown("f", getuid(), getgid()) == 0 && fchown(fd, (uid_t)-1, (gid_t)-1) == 0);
    close(fd);
}

static void times(void) {
    struct stat status;
    struct timespec wanted[2] = {{1000, 5}, {2000, 7}};
    const time_t now = time(NULL);
    const int fd = open("t", O_RDWR | O_CREAT, 0600);
    CHECK(fstat(fd, &status) == 0);
    CHECK(status.st_mtime >= now - 1 && status.st_mtime <= now + 5);
    CHECK(futimens(fd, wanted) == 0 && fstat(fd, &status) == 0);
    CHECK(status.st_atim.tv_sec == 1000 && status.st_atim.tv_nsec == 5);
    CHECK(status.st_mtim.tv_sec == 2000 && status.st_mtim.tv_nsec == 7);
    CHECK(write(fd, "x", 1) == 1 && fstat(fd, &status) == 0 && status.st_mtime >= now - 1);
    wanted[0].tv_nsec = UTIME_OMIT;
    wanted[1].tv_sec = 3000;
    CHECK(utimensat(AT_FDCWD, "t", wanted, 0) == 0 && fstat(fd, &status) == 0);
    CHECK(status.st_atim.tv_sec == 1000 && status.st_mtim.tv_sec == 3000);
    wanted[1].tv_nsec = 1000000000;
    FAILS(utimensat(AT_FDCWD, "t", wanted, 0), EINVAL);
    CHECK(utimensat(AT_FDCWD, "t", NULL, 0) == 0 && fstat(fd, &status) == 0);
    CHECK(status.st_mtime >= now - 1);
    const struct utimbuf both = {11, 22};
    CHECK(utime("t", &both) == 0 && fstat(fd, &status) == 0);
    CHECK(status.st_atime == 11 && status.st_mtime == 22);
    const struct timeval micro[2] = {{33, 1}, {44, 2}};
    CHECK(utimes("t", micro) == 0 && fstat(fd, &status) == 0);
    CHECK(status.st_atime == 33 && status.st_mtim.tv_nsec == 2000);
    FAILS(utime("missing", NULL), ENOENT);
    close(fd);
}

static void file_system(void) {
    struct statvfs status;
    CHECK(statvfs("/tmp", &status) == 0);
    CHECK(status.f_blocks > 0 && status.f_bfree <= status.f_blocks && status.f_namemax == 255);
    FAILS(statvfs("/missing", &status), ENOENT);
    CHECK(pathconf("/tmp", _PC_NAME_MAX) == 255);
    CHECK(pathconf("/tmp", _PC_PATH_MAX) == 4096);
    errno = 0;
    FAILS(pathconf("/tmp", 9999), EINVAL);
}

void test_status(void) {
    permissions();
    times();
    file_system();
}
