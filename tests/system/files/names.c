/* Making and removing files and directories. */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void opening(void) {
    int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0640);
    CHECK(fd >= 0);
    close(fd);
    FAILS(open("f", O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST);
    FAILS(open("missing", O_RDONLY), ENOENT);
    FAILS(open("missing/f", O_RDWR | O_CREAT, 0600), ENOENT);
    FAILS(open("f/g", O_RDONLY), ENOTDIR);
    FAILS(open("f/", O_RDONLY), ENOTDIR);
    FAILS(open("g/", O_RDWR | O_CREAT, 0600), EISDIR);
    FAILS(open(".", O_WRONLY), EISDIR);
    FAILS(open(".", O_RDWR), EISDIR);
    FAILS(open(".", O_RDONLY | O_CREAT, 0600), EISDIR);
    FAILS(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
    FAILS(open("", O_RDONLY), ENOENT);
    fd = creat("c", 0600);
    CHECK(fd >= 0 && write(fd, "x", 1) == 1);
    close(fd);
}

static void unlinking(void) {
    char text[4];
    const int fd = open("u", O_RDWR | O_CREAT, 0600);
    struct stat status;
    CHECK(write(fd, "data", 4) == 4);
    CHECK(unlink("u") == 0);
    FAILS(unlink("u"), ENOENT);
    FAILS(stat("u", &status), ENOENT);
    CHECK(pread(fd, text, 4, 0) == 4 && memcmp(text, "data", 4) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_nlink == 0 && status.st_size == 4);
    CHECK(write(fd, "more", 4) == 4);
    close(fd);
    CHECK(mkdir("d", 0755) == 0);
    FAILS_EITHER(unlink("d"), EPERM, EISDIR);
    FAILS(unlink("f/"), ENOTDIR);
    FAILS(unlink("f/x"), ENOTDIR);
    CHECK(rmdir("d") == 0);
}

static void directories(void) {
    struct stat status;
    CHECK(mkdir("a", 0777) == 0 && mkdir("a/b", 0700) == 0 && mkdir("a/c/", 0700) == 0);
    CHECK(stat("a", &status) == 0 && S_ISDIR(status.st_mode));
    CHECK((status.st_mode & 0777) == 0755); /* the mask took 022 */
    FAILS(mkdir("a", 0777), EEXIST);
    FAILS(mkdir("f", 0777), EEXIST);
    FAILS(mkdir(".", 0777), EEXIST);
    FAILS(mkdir("/", 0777), EEXIST);
    FAILS(mkdir("x/y", 0777), ENOENT);
    FAILS(mkdir("f/y", 0777), ENOTDIR);
    FAILS(mkdir("", 0777), ENOENT);
    FAILS_EITHER(rmdir("a"), ENOTEMPTY, EEXIST);
    FAILS(rmdir("f"), ENOTDIR);
    FAILS(rmdir("x"), ENOENT);
    FAILS(rmdir("a/b/."), EINVAL);
    FAILS_EITHER(rmdir("a/b/.."), ENOTEMPTY, EEXIST);
    FAILS(rmdir("/"), EBUSY);
    CHECK(rmdir("a/b") == 0 && rmdir("a/c/") == 0 && rmdir("a") == 0);
}

static void relative_to_descriptors(void) {
    CHECK(mkdir("base", 0755) == 0);
    const int base = open("base", O_RDONLY | O_DIRECTORY);
    const int file = openat(base, "file", O_RDWR | O_CREAT, 0600);
    CHECK(file >= 0);
    CHECK(access("base/file", F_OK) == 0 && faccessat(base, "file", F_OK, 0) == 0);
    CHECK(mkdirat(base, "d", 0755) == 0);
    CHECK(renameat(base, "file", base, "d/file") == 0 && access("base/d/file", F_OK) == 0);
    FAILS(openat(file, "x", O_RDONLY), ENOTDIR);
    FAILS(openat(999, "x", O_RDONLY), EBADF);
    const int absolute = openat(999, "/", O_RDONLY); /* the number does not matter */
    CHECK(absolute >= 0);
    struct stat status;
    CHECK(fstatat(base, "d", &status, 0) == 0 && S_ISDIR(status.st_mode));
    FAILS_EITHER(unlinkat(base, "d", 0), EPERM, EISDIR);
    CHECK(unlinkat(base, "d/file", 0) == 0 && unlinkat(base, "d", AT_REMOVEDIR) == 0);
    CHECK(unlinkat(AT_FDCWD, "base", AT_REMOVEDIR) == 0);
    FAILS(openat(base, "new", O_RDWR | O_CREAT, 0600), ENOENT); /* removed meanwhile */
    close(base);
    close(file);
    close(absolute);
}

void test_names(void) {
    opening();
    unlinking();
    directories();
    relative_to_descriptors();
}
