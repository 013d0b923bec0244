/* Checks that report and count, for the file tests. */
#ifndef CHECK_H
#define CHECK_H

#include <errno.h>
#include <stdio.h>
#include <string.h>

extern int failures;

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("%s:%d: %s (errno %d, %s)\n", __FILE__, __LINE__, #condition, errno,            \
                   strerror(errno));                                                               \
            ++failures;                                                                            \
        }                                                                                          \
    } while (0)

/* A call that must fail with this errno. */
#define FAILS(call, error)                                                                         \
    do {                                                                                           \
        errno = 0;                                                                                 \
        const long result_ = (long)(call);                                                         \
        if (result_ != -1 || errno != (error)) {                                                   \
            printf("%s:%d: %s gave %ld, errno %d (%s), expected %s\n", __FILE__, __LINE__, #call,  \
                   result_, errno, strerror(errno), #error);                                       \
            ++failures;                                                                            \
        }                                                                                          \
    } while (0)

/* As above where systems may choose one of two. */
#define FAILS_EITHER(call, error, other)                                                           \
    do {                                                                                           \
        errno = 0;                                                                                 \
        const long result_ = (long)(call);                                                         \
        if (result_ != -1 || (errno != (error) && errno != (other))) {                             \
            printf("%s:%d: %s gave %ld, errno %d (%s), expected %s or %s\n", __FILE__, __LINE__,   \
                   #call, result_, errno, strerror(errno), #error, #other);                        \
            ++failures;                                                                            \
        }                                                                                          \
    } while (0)

void test_io(void);
void test_descriptors(void);
void test_names(void);
void test_rename(void);
void test_links(void);
void test_status(void);
void test_directories(void);
void test_paths(void);
void test_devices(void);
void test_waiting(void);
void test_stdio(void);

#endif
