/* Listing directories. */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT 200

static void make(int i) {
    char name[32];
    snprintf(name, sizeof(name), "d/entry%03d", i);
    close(open(name, O_CREAT | O_WRONLY, 0600));
}

static void all_once(void) {
    int seen[COUNT] = {0}, dots = 0, number;
    DIR* const stream = opendir("d");
    CHECK(stream != NULL);
    errno = 0;
    for (struct dirent* entry; (entry = readdir(stream)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            ++dots;
        } else if (sscanf(entry->d_name, "entry%d", &number) == 1 && number < COUNT) {
            ++seen[number];
            struct stat status;
            CHECK(fstatat(dirfd(stream), entry->d_name, &status, 0) == 0);
            CHECK(status.st_ino == entry->d_ino);
        } else {
            CHECK(!"unexpected entry");
        }
    }
    CHECK(errno == 0 && dots == 2);
    for (int i = 0; i < COUNT; ++i) {
        CHECK(seen[i] == 1);
    }
    rewinddir(stream);
    CHECK(readdir(stream) != NULL);
    CHECK(closedir(stream) == 0);
}

static void positions(void) {
    char name[256];
    DIR* const stream = opendir("d");
    for (int i = 0; i < 50; ++i) {
        CHECK(readdir(stream) != NULL);
    }
    const long position = telldir(stream);
    const struct dirent* const entry = readdir(stream);
    CHECK(entry != NULL);
    strcpy(name, entry->d_name);
    while (readdir(stream) != NULL) {
    }
    seekdir(stream, position);
    CHECK(strcmp(readdir(stream)->d_name, name) == 0);
    closedir(stream);
}

/* Removing while reading leaves none behind and shows none twice. */
static void remove_while_reading(void) {
    char path[300];
    int removed = 0;
    DIR* const stream = opendir("d");
    for (struct dirent* entry; (entry = readdir(stream)) != NULL;) {
        if (entry->d_name[0] != '.') {
            snprintf(path, sizeof(path), "d/%s", entry->d_name);
            CHECK(unlink(path) == 0);
            ++removed;
        }
    }
    closedir(stream);
    CHECK(removed == COUNT);
    CHECK(rmdir("d") == 0);
}

void test_directories(void) {
    CHECK(mkdir("d", 0755) == 0);
    for (int i = 0; i < COUNT; ++i) {
        make(i);
    }
    all_once();
    positions();
    const int fd = open("d", O_RDONLY | O_DIRECTORY);
    DIR* const stream = fdopendir(fd);
    CHECK(stream != NULL && dirfd(stream) == fd && readdir(stream) != NULL);
    CHECK(closedir(stream) == 0);
    FAILS(close(fd), EBADF); /* closedir has done that */
    errno = 0;
    CHECK(opendir("missing") == NULL && errno == ENOENT);
    errno = 0;
    CHECK(opendir("d/entry000") == NULL && errno == ENOTDIR);
    errno = 0;
    CHECK(fdopendir(999) == NULL && errno == EBADF);
    remove_while_reading();
}
