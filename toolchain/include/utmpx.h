/* The user accounting database: there is none. */
#pragma once

#include <sys/cdefs.h>
#include <sys/time.h>
#include <sys/types.h>

#define EMPTY 0
#define BOOT_TIME 2
#define NEW_TIME 3
#define OLD_TIME 4
#define INIT_PROCESS 5
#define LOGIN_PROCESS 6
#define USER_PROCESS 7
#define DEAD_PROCESS 8

struct utmpx {
    short ut_type;
    pid_t ut_pid;
    char ut_line[32];
    char ut_id[4];
    char ut_user[32];
    struct timeval ut_tv;
};

__BEGIN_DECLS
void endutxent(void);
struct utmpx* getutxent(void);
struct utmpx* getutxid(const struct utmpx* entry);
struct utmpx* getutxline(const struct utmpx* entry);
struct utmpx* pututxline(const struct utmpx* entry);
void setutxent(void);
__END_DECLS
