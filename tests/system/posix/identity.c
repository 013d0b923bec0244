/* Who and what the one process is: numbers, limits, users, memory advice, and what is not there. */
#define _GNU_SOURCE
#include "../libc/check.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <link.h>
#include <malloc.h>
#include <netdb.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void process(void) {
    uid_t a;
    uid_t b;
    uid_t c;
    gid_t group;
    CHECK_EQUAL(getpgrp(), getpid());
    CHECK_EQUAL(getpgid(0), getpid());
    CHECK_EQUAL(getsid(0), getpid());
    FAILS(getpgid(54321), ESRCH);
    CHECK_EQUAL(getresuid(&a, &b, &c), 0);
    CHECK(a == getuid() && b == geteuid() && c == a);
    CHECK_EQUAL(getresgid(&a, &b, &c), 0);
    CHECK(a == getgid() && b == getegid() && c == a);
    CHECK_EQUAL(getgroups(1, &group), 0);
    CHECK_EQUAL(issetugid(), 0);
    CHECK_EQUAL(setuid(0) | seteuid(0) | setgid(0) | setegid(0), 0);
    CHECK_EQUAL(setreuid(0, 0) | setregid(0, 0) | setresuid(0, 0, 0) | setresgid(0, 0, 0), 0);
    FAILS(setuid(5), EPERM);
    FAILS(setegid(5), EPERM);
    FAILS(wait(NULL), ECHILD);
    FAILS(waitpid(-1, NULL, 0), ECHILD);
    FAILS(wait3(NULL, 0, NULL), ECHILD);
    FAILS(wait4(-1, NULL, 0, NULL), ECHILD);
    FAILS(waitid(P_ALL, 0, NULL, WEXITED), ECHILD);
    CHECK_EQUAL(getpriority(PRIO_PROCESS, 0), 0);
}

static void users(void) {
    char buffer[1024];
    struct passwd user;
    struct passwd* found_user = NULL;
    struct group group;
    struct group* found_group = NULL;
    CHECK_EQUAL(getpwnam_r("root", &user, buffer, sizeof(buffer), &found_user), 0);
    CHECK(found_user != NULL && user.pw_uid == 0);
    CHECK_EQUAL(getpwuid_r(0, &user, buffer, sizeof(buffer), &found_user), 0);
    CHECK(found_user != NULL && strcmp(user.pw_name, "root") == 0);
    CHECK_EQUAL(getpwuid_r(77, &user, buffer, sizeof(buffer), &found_user), 0);
    CHECK(found_user == NULL);
    CHECK(getgrgid(0) != NULL);
    CHECK(getgrnam("root") != NULL);
    CHECK(getgrnam("nobody else") == NULL);
    CHECK_EQUAL(getgrnam_r("root", &group, buffer, sizeof(buffer), &found_group), 0);
    CHECK(found_group != NULL && group.gr_gid == 0);
    CHECK_EQUAL(getgrgid_r(0, &group, buffer, sizeof(buffer), &found_group), 0);
    CHECK(found_group != NULL && strcmp(group.gr_name, "root") == 0);
    CHECK(getlogin() != NULL);
    CHECK_EQUAL(getlogin_r(buffer, sizeof(buffer)), 0);
    CHECK(strcmp(buffer, getlogin()) == 0);
}

static void limits(void) {
    struct rlimit limit;
    struct rusage usage;
    char path[16];
    CHECK_EQUAL(getpagesize(), 4096);
    CHECK_EQUAL(get_nprocs(), sysconf(_SC_NPROCESSORS_ONLN));
    CHECK_EQUAL(get_nprocs_conf(), sysconf(_SC_NPROCESSORS_CONF));
    CHECK(get_phys_pages() > 0 && get_avphys_pages() > 0);
    CHECK(get_avphys_pages() <= get_phys_pages());
    CHECK_EQUAL(getdtablesize(), sysconf(_SC_OPEN_MAX));
    CHECK_EQUAL(getrlimit(RLIMIT_NOFILE, &limit), 0);
    CHECK_EQUAL(limit.rlim_cur, getdtablesize());
    CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur -= 1;
    FAILS(setrlimit(RLIMIT_NOFILE, &limit), EPERM);
    FAILS(getrlimit(77, &limit), EINVAL);
    for (volatile int i = 0; i < 1000000; ++i) {
    }
    CHECK_EQUAL(getrusage(RUSAGE_SELF, &usage), 0);
    CHECK(usage.ru_utime.tv_sec > 0 || usage.ru_utime.tv_usec > 0);
    CHECK(usage.ru_maxrss > 0 && usage.ru_minflt > 0);
    FAILS(getrusage(77, &usage), EINVAL);
    CHECK_EQUAL(confstr(_CS_PATH, path, sizeof(path)), strlen(path) + 1);
    CHECK(strlen(path) > 0);
}

static void time_of_day(void) {
    clockid_t clock;
    struct timespec used;
    struct timeval day;
    struct timeval later;
    CHECK_EQUAL(clock_getcpuclockid(0, &clock), 0);
    CHECK_EQUAL(clock_gettime(clock, &used), 0);
    CHECK(used.tv_sec > 0 || used.tv_nsec > 0);
    CHECK_EQUAL(gettimeofday(&day, NULL), 0);
    later = day;
    later.tv_sec += 1000;
    CHECK_EQUAL(settimeofday(&later, NULL), 0);
    CHECK_EQUAL(gettimeofday(&day, NULL), 0);
    CHECK(day.tv_sec >= later.tv_sec && day.tv_sec < later.tv_sec + 60);
    later.tv_usec = 2000000;
    FAILS(settimeofday(&later, NULL), EINVAL);
}

static void memory(void) {
    CHECK_EQUAL((uintptr_t)memalign(256, 10) % 256, 0);
    CHECK_EQUAL((uintptr_t)valloc(10) % 4096, 0);
    CHECK_EQUAL((uintptr_t)pvalloc(10) % 4096, 0);
    char* const pages =
        mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    pages[0] = 1;
    CHECK_EQUAL(mlock(pages, 8192), 0);
    CHECK_EQUAL(munlock(pages, 8192), 0);
    CHECK_EQUAL(mlockall(MCL_CURRENT), 0);
    CHECK_EQUAL(munlockall(), 0);
    CHECK_EQUAL(msync(pages, 8192, MS_SYNC), 0);
    CHECK_EQUAL(posix_madvise(pages, 8192, POSIX_MADV_SEQUENTIAL), 0);
    CHECK_EQUAL(posix_madvise(pages, 8192, 77), EINVAL);
    CHECK_EQUAL(pages[0], 1);
    CHECK_EQUAL(munmap(pages, 8192), 0);
}

static void rarer_file_calls(void) {
    char text[8] = "";
    struct statvfs system;
    struct iovec parts[2] = {{text, 2}, {text + 2, 3}};
    struct timeval times[2] = {{1000, 0}, {2000, 0}};
    struct stat status;
    const int file = open("/tmp/rare", O_RDWR | O_CREAT | O_TRUNC, 0600);
    CHECK(file >= 0);
    memcpy(text, "abcde", 5);
    CHECK_EQUAL(pwritev(file, parts, 2, 1), 5);
    memset(text, 0, sizeof(text));
    CHECK_EQUAL(preadv(file, parts, 2, 1), 5);
    CHECK(memcmp(text, "abcde", 5) == 0);
    CHECK_EQUAL(eaccess("/tmp/rare", R_OK), 0);
    CHECK_EQUAL(euidaccess("/tmp/rare", W_OK), 0);
    CHECK(fpathconf(file, _PC_NAME_MAX) >= 255);
    CHECK_EQUAL(fstatvfs(file, &system), 0);
    CHECK(system.f_bsize > 0);
    CHECK_EQUAL(futimes(file, times), 0);
    CHECK_EQUAL(fstat(file, &status), 0);
    CHECK(status.st_atime == 1000 && status.st_mtime == 2000);
    CHECK_EQUAL(posix_fadvise(file, 0, 0, POSIX_FADV_RANDOM), 0);
    CHECK_EQUAL(lockf(file, F_LOCK, 0), 0);
    CHECK_EQUAL(lockf(file, F_ULOCK, 0), 0);
    CHECK_EQUAL(fchownat(AT_FDCWD, "/tmp/rare", 0, 0, 0), 0);
    CHECK_EQUAL(lchown("/tmp/rare", 0, 0), 0);
    CHECK_EQUAL(close(file), 0);
    CHECK_EQUAL(symlinkat("rare", AT_FDCWD, "/tmp/to-rare"), 0);
    CHECK_EQUAL(readlinkat(AT_FDCWD, "/tmp/to-rare", text, sizeof(text)), 4);
    CHECK(memcmp(text, "rare", 4) == 0);
    CHECK_EQUAL(lutimes("/tmp/to-rare", times), 0);
    CHECK_EQUAL(lstat("/tmp/to-rare", &status), 0);
    CHECK_EQUAL(status.st_mtime, 2000);
    CHECK_EQUAL(unlink("/tmp/to-rare"), 0);
    sync();
    CHECK_EQUAL(unlink("/tmp/rare"), 0);
}

static void rarer_directory_calls(void) {
    struct dirent entry;
    struct dirent* found = NULL;
    DIR* const directory = opendir("/dev");
    int names = 0;
    CHECK(directory != NULL);
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    while (readdir_r(directory, &entry, &found) == 0 && found != NULL) {
        names += strcmp(entry.d_name, "null") == 0;
    }
    CHECK_EQUAL(names, 1);
    const int file = fdclosedir(directory);
    CHECK(file >= 0);
    CHECK_EQUAL(close(file), 0);
}

static void alternate_stack(void) {
    static char memory_of_stack[16384];
    stack_t stack = {.ss_sp = memory_of_stack, .ss_size = sizeof(memory_of_stack), .ss_flags = 0};
    stack_t old;
    CHECK_EQUAL(sigaltstack(&stack, NULL), 0);
    CHECK_EQUAL(sigaltstack(NULL, &old), 0);
    CHECK(old.ss_sp == memory_of_stack && old.ss_size == sizeof(memory_of_stack));
    CHECK_EQUAL(siginterrupt(SIGUSR1, 1), 0);
    FAILS(siginterrupt(9999, 1), EINVAL);
}

static int count_objects(struct dl_phdr_info* info, size_t size, void* argument) {
    CHECK(size >= offsetof(struct dl_phdr_info, dlpi_phnum) && info->dlpi_phnum > 0);
    ++*(int*)argument;
    return 0;
}

static void the_image(void) {
    int objects = 0;
    struct dl_find_object found;
    Dl_info info;
    CHECK_EQUAL(dl_iterate_phdr(count_objects, &objects), 0);
    CHECK_EQUAL(objects, 1);
    CHECK_EQUAL(_dl_find_object((void*)(uintptr_t)the_image, &found), 0);
    CHECK(found.dlfo_eh_frame != NULL);
    CHECK_EQUAL(_dl_find_object(&objects, &found), -1);
    CHECK_EQUAL(dladdr(&info, &info), 0);
    void* const self = dlopen(NULL, RTLD_NOW);
    if (self != NULL) {
        CHECK(dlsym(self, "no_such_symbol") == NULL);
        CHECK_EQUAL(dlclose(self), 0);
    } else {
        CHECK(dlerror() != NULL);
        CHECK(dlsym(NULL, "no_such_symbol") == NULL);
        CHECK(dlclose(NULL) != 0);
    }
    h_errno = 3;
    CHECK_EQUAL(*__h_errno(), 3);
}

int main(void) {
    process();
    users();
    limits();
    time_of_day();
    memory();
    rarer_file_calls();
    rarer_directory_calls();
    alternate_stack();
    the_image();
    puts("ok");
    return 0;
}
