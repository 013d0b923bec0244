/* Reading, writing, positions and sizes. */
#include "check.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static void positions(void) {
    char text[32] = {0};
    const int fd = open("positions", O_RDWR | O_CREAT | O_EXCL, 0600);
    CHECK(fd >= 0);
    CHECK(write(fd, "hello world", 11) == 11);
    CHECK(lseek(fd, 0, SEEK_CUR) == 11);
    CHECK(lseek(fd, -5, SEEK_END) == 6);
    CHECK(read(fd, text, sizeof(text)) == 5 && memcmp(text, "world", 5) == 0);
    CHECK(read(fd, text, sizeof(text)) == 0);
    CHECK(pread(fd, text, 5, 0) == 5 && memcmp(text, "hello", 5) == 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 11);
    CHECK(pwrite(fd, "J", 1, 0) == 1);
    CHECK(pread(fd, text, 2, 0) == 2 && memcmp(text, "Je", 2) == 0);
    FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
    FAILS(lseek(fd, 0, 99), EINVAL);
    FAILS(pread(fd, text, 1, -1), EINVAL);
    FAILS(lseek(12345, 0, SEEK_SET), EBADF);
    CHECK(lseek(fd, 100, SEEK_SET) == 100);
    CHECK(read(fd, text, 1) == 0);
    CHECK(write(fd, "", 0) == 0);
    CHECK(lseek(fd, 0, SEEK_END) == 11); /* nothing was written there */
    CHECK(close(fd) == 0);
    FAILS(close(fd), EBADF);
    FAILS(read(fd, text, 1), EBADF);
    FAILS(write(fd, text, 1), EBADF);
}

static void holes(void) {
    enum { kBig = 3 << 20 };
    const int fd = open("holes", O_RDWR | O_CREAT, 0600);
    CHECK(pwrite(fd, "end", 3, kBig) == 3);
    char* const text = malloc(kBig + 3);
    CHECK(read(fd, text, kBig + 3) == kBig + 3);
    for (int i = 0; i < kBig; i += 1000) {
        if (text[i] != 0) {
            CHECK(text[i] == 0);
            break;
        }
    }
    CHECK(memcmp(text + kBig, "end", 3) == 0);
    struct stat status;
    CHECK(fstat(fd, &status) == 0 && status.st_size == kBig + 3);
    CHECK(status.st_blocks * 512 < kBig);
    CHECK(pwrite(fd, "far", 3, (off_t)1 << 40) == 3);
    CHECK(fstat(fd, &status) == 0 && status.st_size == ((off_t)1 << 40) + 3);
    free(text);
    close(fd);
}

static void sizes(void) {
    struct stat status;
    char text[8];
    const int fd = open("sizes", O_RDWR | O_CREAT, 0600);
    CHECK(write(fd, "abcdef", 6) == 6);
    CHECK(ftruncate(fd, 3) == 0 && ftruncate(fd, 6) == 0);
    CHECK(pread(fd, text, 8, 0) == 6 && memcmp(text, "abc\0\0\0", 6) == 0);
    CHECK(truncate("sizes", 5000) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 5000);
    FAILS(ftruncate(fd, -1), EINVAL);
    FAILS(truncate("missing", 1), ENOENT);
    FAILS(truncate(".", 1), EISDIR);
    const int reader = open("sizes", O_RDONLY);
    FAILS_EITHER(ftruncate(reader, 1), EINVAL, EBADF);
    close(reader);
    close(open("sizes", O_WRONLY | O_TRUNC));
    CHECK(fstat(fd, &status) == 0 && status.st_size == 0);
    CHECK(posix_fallocate(fd, 100, 200) == 0);
    CHECK(fstat(fd, &status) == 0 && status.st_size == 300);
    CHECK(posix_fallocate(fd, 0, 0) == EINVAL && posix_fallocate(999, 0, 1) == EBADF);
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    FAILS(fsync(999), EBADF);
    close(fd);
}

static void vectors(void) {
    char a[4], b[4];
    const struct iovec out[] = {{"ab", 2}, {NULL, 0}, {"cdefg", 5}};
    const struct iovec in[] = {{a, 4}, {b, 4}};
    const int fd = open("vectors", O_RDWR | O_CREAT, 0600);
    CHECK(writev(fd, out, 3) == 7);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(readv(fd, in, 2) == 7 && memcmp(a, "abcd", 4) == 0 && memcmp(b, "efg", 3) == 0);
    volatile int negative = -1, too_many = IOV_MAX + 1; /* not for the compiler to see */
    FAILS(writev(fd, out, negative), EINVAL);
    FAILS(readv(fd, in, too_many), EINVAL);
    close(fd);
}

static void appending(void) {
    char text[8];
    const int fd = open("append", O_RDWR | O_CREAT | O_APPEND, 0600);
    CHECK(write(fd, "123", 3) == 3);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(write(fd, "45", 2) == 2);
    CHECK(pread(fd, text, 8, 0) == 5 && memcmp(text, "12345", 5) == 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 5);
    close(fd);
}

static void* append_records(void* letter) {
    char record[64];
    memset(record, *(char*)letter, sizeof(record));
    const int fd = open("records", O_WRONLY | O_APPEND);
    for (int i = 0; i < 500; ++i) {
        CHECK(write(fd, record, sizeof(record)) == (ssize_t)sizeof(record));
    }
    close(fd);
    return NULL;
}

static void threads_append(void) {
    static char letters[4] = "abcd";
    pthread_t threads[4];
    char record[64], expected[64];
    int counts[4] = {0};
    const int fd = open("records", O_RDONLY | O_CREAT, 0600);
    for (int i = 0; i < 4; ++i) {
        CHECK(pthread_create(&threads[i], NULL, append_records, &letters[i]) == 0);
    }
    for (int i = 0; i < 4; ++i) {
        pthread_join(threads[i], NULL);
    }
    while (read(fd, record, sizeof(record)) == (ssize_t)sizeof(record)) {
        memset(expected, record[0], sizeof(expected));
        CHECK(memcmp(record, expected, sizeof(record)) == 0);
        ++counts[record[0] - 'a'];
    }
    for (int i = 0; i < 4; ++i) {
        CHECK(counts[i] == 500);
    }
    close(fd);
}

static void access_modes(void) {
    char byte;
    close(open("modes", O_CREAT | O_WRONLY, 0600));
    const int reader = open("modes", O_RDONLY), writer = open("modes", O_WRONLY);
    FAILS(write(reader, "x", 1), EBADF);
    FAILS(read(writer, &byte, 1), EBADF);
    const int directory = open(".", O_RDONLY);
    CHECK(directory >= 0);
    FAILS(read(directory, &byte, 1), EISDIR);
    FAILS(write(directory, &byte, 1), EBADF);
    close(reader);
    close(writer);
    close(directory);
}

void test_io(void) {
    positions();
    holes();
    sizes();
    vectors();
    appending();
    threads_append();
    access_modes();
}
