/* The current directory, absolute paths, limits of names. */
#include "check.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void current_directory(void) {
    char start[PATH_MAX], path[PATH_MAX];
    CHECK(getcwd(start, sizeof(start)) == start && strncmp(start, "/tmp/", 5) == 0);
    CHECK(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0 && chdir("a/b") == 0);
    CHECK(getcwd(path, sizeof(path)) != NULL);
    CHECK(strncmp(path, start, strlen(start)) == 0 && strcmp(path + strlen(start), "/a/b") == 0);
    errno = 0;
    CHECK(getcwd(path, 3) == NULL && errno == ERANGE);
    errno = 0;
    CHECK(getcwd(path, 0) == NULL && errno == EINVAL);
    char* const copy = getcwd(NULL, 0);
    CHECK(copy != NULL && strlen(copy) == strlen(start) + 4);
    free(copy);
    const int fd = open("..", O_RDONLY | O_DIRECTORY);
    CHECK(rename("../b", "../c") == 0 && getcwd(path, sizeof(path)) != NULL);
    CHECK(strcmp(path + strlen(start), "/a/c") == 0); /* the directory has moved */
    CHECK(rmdir("../c") == 0);
    errno = 0;
    CHECK(getcwd(path, sizeof(path)) == NULL && errno == ENOENT);
    FAILS(open("new", O_CREAT | O_RDWR, 0600), ENOENT);
    CHECK(fchdir(fd) == 0 && getcwd(path, sizeof(path)) != NULL);
    CHECK(strcmp(path + strlen(start), "/a") == 0);
    close(fd);
    CHECK(chdir(start) == 0);
    close(open("file", O_CREAT | O_RDWR, 0600));
    FAILS(chdir("file"), ENOTDIR);
    FAILS(chdir("missing"), ENOENT);
    FAILS(fchdir(999), EBADF);
}

static void absolute_paths(void) {
    char start[PATH_MAX], expected[PATH_MAX + 16], path[PATH_MAX];
    CHECK(getcwd(start, sizeof(start)) != NULL);
    snprintf(expected, sizeof(expected), "%s/file", start);
    CHECK(symlink("a/../file", "link") == 0);
    CHECK(realpath(".//a/./../link", path) == path && strcmp(path, expected) == 0);
    char* const copy = realpath("link", NULL);
    CHECK(copy != NULL && strcmp(copy, expected) == 0);
    free(copy);
    CHECK(realpath("/", path) != NULL && strcmp(path, "/") == 0);
    CHECK(realpath("/..", path) != NULL && strcmp(path, "/") == 0);
    errno = 0;
    CHECK(realpath("missing", path) == NULL && errno == ENOENT);
    errno = 0;
    CHECK(realpath("file/x", path) == NULL && errno == ENOTDIR);
}

static void limits(void) {
    char name[300], path[PATH_MAX + 2];
    memset(name, 'n', sizeof(name));
    name[255] = '\0';
    const int fd = open(name, O_CREAT | O_RDWR, 0600);
    CHECK(fd >= 0 && close(fd) == 0 && unlink(name) == 0);
    name[255] = 'n';
    name[256] = '\0';
    FAILS(open(name, O_CREAT | O_RDWR, 0600), ENAMETOOLONG);
    FAILS(mkdir(name, 0755), ENAMETOOLONG);
    for (int i = 0; i < PATH_MAX; ++i) {
        path[i] = i % 2 == 0 ? '.' : '/';
    }
    path[PATH_MAX - 1] = '\0'; /* "././…/." of 4,095 characters */
    CHECK(access(path, F_OK) == 0);
    path[PATH_MAX - 1] = '/';
    path[PATH_MAX] = '\0';
    FAILS(access(path, F_OK), ENAMETOOLONG);
}

void test_paths(void) {
    current_directory();
    absolute_paths();
    limits();
}
