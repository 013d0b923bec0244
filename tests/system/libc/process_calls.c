/* The process: identity, limits, signals to itself, random bytes, environment, clocks, exit. */
#define _GNU_SOURCE
#include "check.h"

#include <dlfcn.h>
#include <errno.h>
#include <hermit.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void identity(void) {
    CHECK_EQUAL(getpid(), 1);
    CHECK_EQUAL(getppid(), 0);
    CHECK_EQUAL(getuid() + geteuid() + getgid() + getegid(), 0);
    CHECK_EQUAL(setuid(7), -1);
    CHECK_EQUAL(errno, EPERM);
    CHECK_EQUAL(syscall(SYS_gettid), gettid());
    CHECK_EQUAL(syscall(1234567), -1);
    CHECK_EQUAL(errno, ENOSYS);
    struct utsname name;
    CHECK_EQUAL(uname(&name), 0);
    CHECK_EQUAL(strcmp(name.machine, "x86_64"), 0);
    char host[64];
    CHECK_EQUAL(gethostname(host, sizeof host), 0);
    CHECK_EQUAL(strcmp(getpwuid(0)->pw_name, "root"), 0);
    CHECK(getpwnam("nobody") == NULL);
    CHECK_EQUAL(wait(NULL), -1);
    CHECK_EQUAL(errno, ECHILD);
    CHECK(dlopen("libm.so", RTLD_NOW) == NULL);
    CHECK(dlerror() != NULL);
    CHECK(dlerror() == NULL);
}

static void limits(void) {
    CHECK_EQUAL(sysconf(_SC_PAGESIZE), 4096);
    CHECK(sysconf(_SC_NPROCESSORS_ONLN) >= 1);
    CHECK(sysconf(_SC_PHYS_PAGES) > sysconf(_SC_AVPHYS_PAGES));
    errno = 0;
    CHECK_EQUAL(sysconf(100000), -1);
    CHECK_EQUAL(errno, EINVAL);
    struct rlimit limit;
    CHECK_EQUAL(getrlimit(RLIMIT_STACK, &limit), 0);
    CHECK(limit.rlim_cur >= 8 << 20);
    struct sysinfo info;
    CHECK_EQUAL(sysinfo(&info), 0);
    CHECK(info.totalram > info.freeram);
}

static volatile int caught, caught_code;
static void on_signal(int number) { caught = number; }
static void on_signal_info(int number, siginfo_t* info, void* context) {
    CHECK(context != NULL);
    caught = number;
    caught_code = info->si_signo;
}
static void signals(void) {
    CHECK(signal(SIGUSR1, on_signal) == SIG_DFL);
    CHECK_EQUAL(raise(SIGUSR1), 0);
    CHECK_EQUAL(caught, SIGUSR1);
    CHECK(signal(SIGUSR1, SIG_IGN) == on_signal);
    caught = 0;
    CHECK_EQUAL(kill(getpid(), SIGUSR1), 0);
    CHECK_EQUAL(caught, 0);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal_info;
    action.sa_flags = (int)(SA_SIGINFO | SA_RESETHAND);
    CHECK_EQUAL(sigaction(SIGUSR2, &action, NULL), 0);
    sigset_t set, old;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    CHECK_EQUAL(sigprocmask(SIG_BLOCK, &set, &old), 0);
    CHECK_EQUAL(raise(SIGUSR2), 0);
    CHECK_EQUAL(caught, 0); /* it waits */
    sigset_t pending;
    CHECK_EQUAL(sigpending(&pending), 0);
    CHECK(sigismember(&pending, SIGUSR2));
    CHECK_EQUAL(sigprocmask(SIG_SETMASK, &old, NULL), 0);
    CHECK_EQUAL(caught, SIGUSR2);
    CHECK_EQUAL(caught_code, SIGUSR2);
    CHECK_EQUAL(sigaction(SIGUSR2, NULL, &action), 0);
    CHECK(action.sa_handler == SIG_DFL);
    CHECK_EQUAL(sigaction(SIGKILL, &action, NULL), -1);
    CHECK_EQUAL(kill(2, SIGUSR1), -1);
    CHECK_EQUAL(errno, ESRCH);
    CHECK_EQUAL(raise(SIGCHLD), 0); /* ignored by default */
}

static double seconds(clockid_t clock) {
    struct timespec now;
    CHECK_EQUAL(clock_gettime(clock, &now), 0);
    return now.tv_sec + now.tv_nsec * 1e-9;
}
static void clocks(void) {
    const double start = seconds(CLOCK_MONOTONIC);
    const double real = seconds(CLOCK_REALTIME);
    const double busy = seconds(CLOCK_PROCESS_CPUTIME_ID);
    CHECK(real > 1.7e9); /* later than 2023 */
    CHECK_EQUAL(usleep(30000), 0);
    CHECK(seconds(CLOCK_MONOTONIC) - start >= 0.030);
    CHECK(seconds(CLOCK_MONOTONIC) - start < 1);
    CHECK(seconds(CLOCK_REALTIME) - real >= 0.029);
    CHECK(seconds(CLOCK_REALTIME) - real < 1);
    CHECK(seconds(CLOCK_PROCESS_CPUTIME_ID) - busy < 0.025); /* sleeping takes none */
    while (seconds(CLOCK_THREAD_CPUTIME_ID) < 0.01) {
    }
    CHECK(clock() >= CLOCKS_PER_SEC / 100);
    struct timespec time = {0, 0};
    CHECK_EQUAL(clock_getres(CLOCK_MONOTONIC, &time), 0);
    CHECK_EQUAL(time.tv_nsec, 1);
    CHECK_EQUAL(clock_gettime(12345, &time), -1);
    CHECK_EQUAL(errno, EINVAL);
    clock_gettime(CLOCK_MONOTONIC, &time);
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), 0); /* past */
    const double before = seconds(CLOCK_MONOTONIC);
    time.tv_nsec += 5000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL), 0);
    CHECK(seconds(CLOCK_MONOTONIC) >= time.tv_sec + time.tv_nsec * 1e-9);
    CHECK(seconds(CLOCK_MONOTONIC) - before < 0.5);
    time.tv_nsec = 1000000000;
    CHECK_EQUAL(nanosleep(&time, NULL), -1);
    CHECK_EQUAL(errno, EINVAL);
    sys_msleep(3);
    struct timeval now;
    CHECK_EQUAL(gettimeofday(&now, NULL), 0);
    CHECK(now.tv_sec >= (time_t)real);
    CHECK((long)times(NULL) > 0);
    time.tv_sec = 2000000000;
    time.tv_nsec = 0;
    CHECK_EQUAL(clock_settime(CLOCK_REALTIME, &time), 0);
    CHECK(seconds(CLOCK_REALTIME) - 2e9 < 1);
    CHECK(seconds(CLOCK_REALTIME) >= 2e9);
}

static void random_numbers(void) {
    unsigned long a[32] = {0}, b[32] = {0};
    CHECK_EQUAL(getentropy(a, sizeof a), 0);
    CHECK_EQUAL(getrandom(b, sizeof b, 0), sizeof b);
    int equal = 0;
    for (int i = 0; i < 32; ++i) {
        equal += a[i] == b[i] || a[i] == 0 || b[i] == 0;
    }
    CHECK(equal < 2);
    CHECK_EQUAL(getentropy(a, 257), -1);
}

static void environment(void) {
    CHECK(getenv("NOT_THERE") == NULL);
    CHECK_EQUAL(setenv("HERE", "now", 1), 0);
    CHECK_EQUAL(strcmp(getenv("HERE"), "now"), 0);
    CHECK_EQUAL(unsetenv("HERE"), 0);
    CHECK(getenv("HERE") == NULL);
}

static void not_implemented(void) {
    errno = 0;
    CHECK_EQUAL(getitimer(ITIMER_REAL, NULL), -1);
    CHECK_EQUAL(errno, ENOSYS);
}

static void last_words(void) { puts("ok"); }

int main(void) {
    identity();
    limits();
    signals();
    clocks();
    random_numbers();
    environment();
    not_implemented();
    CHECK_EQUAL(atexit(last_words), 0);
    exit(42);
}
