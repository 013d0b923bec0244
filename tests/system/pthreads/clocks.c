/* Clocks and sleeping: which clocks there are, what is refused, and never too early. */
#define _GNU_SOURCE
#include "common.h"

#include <sched.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef __hermit__
#include <hermit.h>
#endif

static void clocks(void) {
    const clockid_t all[] = {CLOCK_REALTIME,          CLOCK_REALTIME_COARSE,   CLOCK_MONOTONIC,
                             CLOCK_MONOTONIC_RAW,     CLOCK_MONOTONIC_COARSE,  CLOCK_BOOTTIME,
                             CLOCK_THREAD_CPUTIME_ID, CLOCK_PROCESS_CPUTIME_ID};
    for (unsigned i = 0; i < sizeof all / sizeof *all; ++i) {
        struct timespec time;
        struct timespec resolution = {-1, -1};
        CHECK_EQUAL(clock_gettime(all[i], &time), 0);
        CHECK(time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < kSecond);
        CHECK_EQUAL(clock_getres(all[i], &resolution), 0);
        CHECK(resolution.tv_sec == 0 && resolution.tv_nsec >= 1);
        CHECK(resolution.tv_nsec <= 20000000); /* _POSIX_CLOCKRES_MIN */
        CHECK_EQUAL(clock_getres(all[i], NULL), 0);
        int64_t before = now_ns(all[i]);
        for (int k = 0; k < 1000; ++k) {
            const int64_t now = now_ns(all[i]);
            CHECK(now >= before);
            before = now;
        }
    }
    struct timespec time = {0, 0};
    FAILS(clock_gettime(12, &time), EINVAL);
    FAILS(clock_getres(12, &time), EINVAL);
    FAILS(clock_settime(12, &time), EINVAL);
    FAILS(clock_settime(CLOCK_MONOTONIC, &time), EINVAL);
    time.tv_nsec = kSecond;
    FAILS(clock_settime(CLOCK_REALTIME, &time), EINVAL);

    CHECK_EQUAL(timespec_get(&time, TIME_UTC), TIME_UTC);
    CHECK(llabs((long long)time.tv_sec - now_ns(CLOCK_REALTIME) / kSecond) <= 1);
    CHECK_EQUAL(timespec_get(&time, 77), 0);
    CHECK_EQUAL(timespec_getres(&time, TIME_UTC), TIME_UTC);
    CHECK(time.tv_sec == 0 && time.tv_nsec >= 1);
    CHECK_EQUAL(timespec_getres(&time, 77), 0);
    struct timeval day;
    CHECK_EQUAL(gettimeofday(&day, NULL), 0);
    CHECK(llabs((long long)day.tv_sec - now_ns(CLOCK_REALTIME) / kSecond) <= 1);
}

#define NOT_EARLY(milliseconds, call)                                                              \
    do {                                                                                           \
        const int64_t start_ = now_ns(CLOCK_MONOTONIC);                                            \
        CHECK_EQUAL(call, 0);                                                                      \
        CHECK(now_ns(CLOCK_MONOTONIC) - start_ >= (int64_t)(milliseconds)*kMillisecond);           \
    } while (0)

static void sleeping(void) {
    const struct timespec span = to_timespec(5 * kMillisecond);
    const struct timespec none = {0, 0};
    for (int i = 0; i < 3; ++i) {
        NOT_EARLY(5, nanosleep(&span, NULL));
        NOT_EARLY(5, usleep(5000));
        NOT_EARLY(5, clock_nanosleep(CLOCK_MONOTONIC, 0, &span, NULL));
        NOT_EARLY(5, clock_nanosleep(CLOCK_REALTIME, 0, &span, NULL));
        const clockid_t absolute[] = {CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_BOOTTIME};
        for (int k = 0; k < 3; ++k) {
            const struct timespec time = in_ms(absolute[k], 5);
            CHECK_EQUAL(clock_nanosleep(absolute[k], TIMER_ABSTIME, &time, NULL), 0);
            CHECK(now_ns(absolute[k]) >= (int64_t)time.tv_sec * kSecond + time.tv_nsec);
        }
#ifdef __hermit__
        NOT_EARLY(5, (sys_msleep(5), 0));
        NOT_EARLY(0, (sys_msleep(0), 0));
#endif
    }
    NOT_EARLY(1000, sleep(1));
    NOT_EARLY(0, sleep(0));
    NOT_EARLY(0, usleep(0));
    NOT_EARLY(0, nanosleep(&none, NULL));
    NOT_EARLY(0, clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &none, NULL));

    const struct timespec wrong[] = {{0, -1}, {0, kSecond}, {-1, 0}};
    for (int i = 0; i < 3; ++i) {
        FAILS(nanosleep(&wrong[i], NULL), EINVAL);
        CHECK_EQUAL(clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong[i], NULL), EINVAL);
    }
    CHECK_EQUAL(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &wrong[1], NULL), EINVAL);
    CHECK_EQUAL(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &none, NULL), EINVAL);
    CHECK_EQUAL(clock_nanosleep(12, 0, &none, NULL), EINVAL);
}

static int stop;
static void* work(void* unused) {
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
    }
    return unused;
}
static void* rest(void* unused) {
    while (!__atomic_load_n(&stop, __ATOMIC_RELAXED)) {
        pause_ms(1);
    }
    return unused;
}

static void processor_time(void) {
    clockid_t process = -1;
    clockid_t worker_clock = -1;
    clockid_t rester_clock = -1;
    clockid_t own = -1;
    CHECK_EQUAL(clock_getcpuclockid(0, &process), 0);
    CHECK_EQUAL(clock_getcpuclockid(getpid(), &process), 0);
    CHECK_EQUAL(clock_getcpuclockid(54321, &own), ESRCH);
    const pthread_t rester = start(rest, NULL);
    CHECK_EQUAL(pthread_getcpuclockid(rester, &rester_clock), 0);
    now_ns(rester_clock); /* also when it has not run yet */
    const pthread_t worker = start(work, NULL);
    CHECK_EQUAL(pthread_getcpuclockid(worker, &worker_clock), 0);
    now_ns(worker_clock);
    CHECK_EQUAL(pthread_getcpuclockid(pthread_self(), &own), 0);

    const int64_t before = now_ns(worker_clock);
    const int64_t all_before = now_ns(process);
    while (now_ns(worker_clock) < before + 30 * kMillisecond) {
        pause_ms(5);
    }
    CHECK(now_ns(rester_clock) < now_ns(worker_clock));
    CHECK(now_ns(process) - all_before >= 30 * kMillisecond);
    const int64_t mine = now_ns(CLOCK_THREAD_CPUTIME_ID);
    CHECK(now_ns(own) >= mine && now_ns(own) < mine + kSecond);
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    join(worker);
    join(rester);
    struct timespec time;
    FAILS(clock_gettime(worker_clock, &time), EINVAL); /* it is over */
    CHECK(now_ns(process) - all_before >= 30 * kMillisecond);
}

int main(void) {
    clocks();
    sleeping();
    processor_time();
    puts("ok");
    return 0;
}
