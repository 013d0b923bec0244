/* The C library's files on top. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void test_stdio(void) {
    FILE* file = fopen("text", "w+");
    CHECK(file != NULL);
    for (int i = 0; i < 10000; ++i) {
        CHECK(fprintf(file, "line %d\n", i) > 0);
    }
    CHECK(fseek(file, 0, SEEK_SET) == 0);
    int count = 0, number;
    while (fscanf(file, "line %d\n", &number) == 1 && number == count) {
        ++count;
    }
    CHECK(count == 10000 && feof(file));
    CHECK(ftell(file) > 10000 && fclose(file) == 0);

    file = fopen("text", "a");
    CHECK(file != NULL && fputs("last\n", file) >= 0 && fclose(file) == 0);
    struct stat status;
    CHECK(stat("text", &status) == 0 &&
          status.st_size == 10 * 7 + 90 * 8 + 900 * 9 + 9000 * 10 + 5);
    CHECK(fopen("missing", "r") == NULL && errno == ENOENT);
    errno = 0;
    CHECK(fopen("text", "wx") == NULL && errno == EEXIST);

    file = tmpfile();
    CHECK(file != NULL && fputs("temporary", file) >= 0);
    rewind(file);
    char text[16];
    CHECK(fgets(text, sizeof(text), file) != NULL && strcmp(text, "temporary") == 0);
    CHECK(fclose(file) == 0);

    char name[] = "made-XXXXXX";
    const int fd = mkstemp(name);
    CHECK(fd >= 0 && stat(name, &status) == 0 && (status.st_mode & 0777) == 0600);
    close(fd);
    CHECK(rename(name, "renamed") == 0 && remove("renamed") == 0);
    FAILS(access("renamed", F_OK), ENOENT);
    CHECK(mkdir("directory", 0755) == 0 && remove("directory") == 0);
    FAILS(access("directory", F_OK), ENOENT);
    FAILS(remove("missing"), ENOENT);
    CHECK(freopen("text", "r", stdin) != NULL && fgets(text, sizeof(text), stdin) != NULL);
    CHECK(strcmp(text, "line 0\n") == 0);
    file = fopen("/dev/full", "w");
    CHECK(file != NULL && fputs("x", file) >= 0 && fclose(file) == EOF && errno == ENOSPC);
}
