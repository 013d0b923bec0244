/* rename: replacing, moving directories, refusing what would break the tree. */
#include "check.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void put(const char* path, const char* text) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

static int holds(const char* path, const char* text) {
    char found[32] = {0};
    const int fd = open(path, O_RDONLY);
    if (fd < 0 || read(fd, found, sizeof(found) - 1) < 0) {
        return 0;
    }
    close(fd);
    return strcmp(found, text) == 0;
}

/* Replaces "target" all the time, while the other thread must always find it whole. */
static void* keep_replacing(void* unused) {
    for (int i = 0; i < 300; ++i) {
        put("fresh", "whole");
        CHECK(rename("fresh", "target") == 0);
    }
    return unused;
}

static void atomic(void) {
    pthread_t thread;
    put("target", "whole");
    CHECK(pthread_create(&thread, NULL, keep_replacing, NULL) == 0);
    for (int i = 0; i < 300; ++i) {
        CHECK(holds("target", "whole"));
    }
    pthread_join(thread, NULL);
}

void test_rename(void) {
    put("a", "A");
    put("b", "B");
    const int old = open("b", O_RDONLY);
    CHECK(rename("a", "b") == 0 && holds("b", "A"));
    FAILS(access("a", F_OK), ENOENT);
    char byte = 0;
    CHECK(read(old, &byte, 1) == 1 && byte == 'B');
    close(old);
    CHECK(rename("b", "b") == 0 && holds("b", "A"));
    CHECK(link("b", "c") == 0 && rename("b", "c") == 0);
    CHECK(holds("b", "A") && holds("c", "A")); /* names of one file: nothing happens */

    CHECK(mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0 && mkdir("full", 0755) == 0);
    put("full/f", "F");
    CHECK(mkdir("empty", 0755) == 0);
    FAILS(rename("d", "d/e/f"), EINVAL);
    FAILS(rename("d", "d/x"), EINVAL);
    FAILS_EITHER(rename("d", "full"), ENOTEMPTY, EEXIST);
    FAILS_EITHER(rename("d/e", "d"), ENOTEMPTY, EEXIST);
    FAILS(rename("b", "d"), EISDIR);
    FAILS(rename("d", "b"), ENOTDIR);
    FAILS(rename("b", "new/"), ENOTDIR);
    FAILS(rename("missing", "x"), ENOENT);
    FAILS(rename("b", "missing/x"), ENOENT);
    FAILS(rename("b", "c/x"), ENOTDIR);
    FAILS_EITHER(rename("d/.", "x"), EINVAL, EBUSY);
    FAILS_EITHER(rename("b", ".."), EINVAL, EBUSY);
    CHECK(rename("d", "empty") == 0 && access("empty/e", F_OK) == 0);
    CHECK(rename("empty", "moved/") == 0 && access("moved/e", F_OK) == 0);
    /* ".." follows a directory that moves. */
    CHECK(rename("moved/e", "full/e") == 0);
    CHECK(access("full/e/../f", F_OK) == 0);
    atomic();
}
