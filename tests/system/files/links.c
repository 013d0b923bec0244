/* Hard and symbolic links. */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void hard(void) {
    struct stat a, b;
    const int fd = open("file", O_RDWR | O_CREAT, 0600);
    CHECK(write(fd, "x", 1) == 1);
    close(fd);
    CHECK(link("file", "second") == 0);
    CHECK(stat("file", &a) == 0 && stat("second", &b) == 0);
    CHECK(a.st_ino == b.st_ino && a.st_dev == b.st_dev && a.st_nlink == 2);
    FAILS(link("file", "second"), EEXIST);
    FAILS(link("missing", "x"), ENOENT);
    FAILS(link("file", "missing/x"), ENOENT);
    FAILS(link(".", "x"), EPERM);
    CHECK(unlink("file") == 0);
    CHECK(stat("second", &b) == 0 && b.st_nlink == 1 && b.st_size == 1);
}

static void symbolic(void) {
    struct stat status;
    char text[16];
    CHECK(symlink("second", "l") == 0);
    CHECK(lstat("l", &status) == 0 && S_ISLNK(status.st_mode) && status.st_size == 6);
    CHECK(stat("l", &status) == 0 && S_ISREG(status.st_mode));
    CHECK(readlink("l", text, sizeof(text)) == 6 && memcmp(text, "second", 6) == 0);
    CHECK(readlink("l", text, 3) == 3);
    FAILS(readlink("second", text, 3), EINVAL);
    FAILS(readlink("missing", text, 3), ENOENT);
    FAILS(symlink("x", "l"), EEXIST);
    FAILS(symlink("", "empty"), ENOENT);
    FAILS(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
    FAILS(stat("l/", &status), ENOTDIR);
    CHECK(fstatat(AT_FDCWD, "l", &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode));
    CHECK(link("l", "hard_to_link") == 0 && lstat("hard_to_link", &status) == 0);
    CHECK(S_ISLNK(status.st_mode));
    CHECK(linkat(AT_FDCWD, "l", AT_FDCWD, "hard_to_file", AT_SYMLINK_FOLLOW) == 0);
    CHECK(lstat("hard_to_file", &status) == 0 && S_ISREG(status.st_mode));

    CHECK(symlink("nowhere", "dangling") == 0);
    FAILS(stat("dangling", &status), ENOENT);
    FAILS(open("dangling", O_CREAT | O_EXCL | O_RDWR, 0600), EEXIST);
    FAILS(mkdir("dangling", 0755), EEXIST);
    const int fd = open("dangling", O_CREAT | O_RDWR, 0600); /* makes what it points to */
    CHECK(fd >= 0 && access("nowhere", F_OK) == 0);
    close(fd);

    CHECK(mkdir("d", 0755) == 0 && symlink("../d", "d/self") == 0 && symlink("d", "to_d") == 0);
    CHECK(stat("to_d/self/self/self", &status) == 0 && S_ISDIR(status.st_mode));
    CHECK(lstat("to_d/", &status) == 0 && S_ISDIR(status.st_mode));
    FAILS(rmdir("to_d"), ENOTDIR);
    CHECK(unlink("to_d") == 0 && access("d", F_OK) == 0);
    CHECK(rename("l", "moved") == 0 && lstat("moved", &status) == 0 && S_ISLNK(status.st_mode));
}

static void loops(void) {
    struct stat status;
    char name[16], target[16];
    CHECK(symlink("loop", "loop") == 0);
    FAILS(stat("loop", &status), ELOOP);
    FAILS(open("loop", O_RDONLY), ELOOP);
    CHECK(lstat("loop", &status) == 0);
    CHECK(symlink("second", "chain0") == 0);
    for (int i = 1; i <= 40; ++i) {
        snprintf(target, sizeof(target), "chain%d", i - 1);
        snprintf(name, sizeof(name), "chain%d", i);
        CHECK(symlink(target, name) == 0);
    }
    CHECK(stat("chain39", &status) == 0);
    FAILS(stat("chain40", &status), ELOOP);
}

void test_links(void) {
    hard();
    symbolic();
    loops();
}
