/* C11's threads. */
#define _GNU_SOURCE
#include "common.h"

#include <threads.h>

static int twice(void* number) { return 2 * *(int*)number; }
static int leave(void* number) { thrd_exit(3 * *(int*)number); }

static void threads(void) {
    thrd_t thread;
    int number = 21;
    int result = 0;
    CHECK_EQUAL(thrd_create(&thread, twice, &number), thrd_success);
    CHECK(!thrd_equal(thread, thrd_current()));
    CHECK_EQUAL(thrd_join(thread, &result), thrd_success);
    CHECK_EQUAL(result, 42);
    number = -1;
    CHECK_EQUAL(thrd_create(&thread, leave, &number), thrd_success);
    CHECK_EQUAL(thrd_join(thread, &result), thrd_success);
    CHECK_EQUAL(result, -3);
    CHECK_EQUAL(thrd_create(&thread, twice, &number), thrd_success);
    CHECK_EQUAL(thrd_join(thread, NULL), thrd_success);
    CHECK_EQUAL(thrd_create(&thread, twice, &number), thrd_success);
    CHECK_EQUAL(thrd_detach(thread), thrd_success);
    CHECK(thrd_equal(thrd_current(), thrd_current()));
    thrd_yield();

    struct timespec span = to_timespec(5 * kMillisecond);
    const int64_t start = now_ns(CLOCK_MONOTONIC);
    CHECK_EQUAL(thrd_sleep(&span, &span), 0);
    CHECK(now_ns(CLOCK_MONOTONIC) - start >= 5 * kMillisecond);
    span.tv_nsec = kSecond;
    CHECK(thrd_sleep(&span, NULL) < -1);
}

static mtx_t mutex;
static cnd_t condition;
static int stage;

static int try_held(void* which) {
    struct timespec time = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQUAL(mtx_trylock(which), thrd_busy);
    CHECK_EQUAL(mtx_timedlock(which, &time), thrd_timedout);
    CHECK(now_ns(CLOCK_REALTIME) >= (int64_t)time.tv_sec * kSecond + time.tv_nsec);
    time = malformed(CLOCK_REALTIME, -1);
    CHECK_EQUAL(mtx_timedlock(which, &time), thrd_error);
    return 0;
}
static void in_a_thread(thrd_start_t function, void* argument) {
    thrd_t thread;
    int result = -1;
    CHECK_EQUAL(thrd_create(&thread, function, argument), thrd_success);
    CHECK_EQUAL(thrd_join(thread, &result), thrd_success);
    CHECK_EQUAL(result, 0);
}

static void mutexes(void) {
    const struct timespec past = in_ms(CLOCK_REALTIME, -1000);
    const int kinds[] = {mtx_plain, mtx_timed, mtx_plain | mtx_recursive,
                         mtx_timed | mtx_recursive};
#ifdef __hermit__ /* glibc ignores what it does not know */
    CHECK_EQUAL(mtx_init(&mutex, 1 << 20), thrd_error);
#endif
    for (int i = 0; i < 4; ++i) {
        CHECK_EQUAL(mtx_init(&mutex, kinds[i]), thrd_success);
        CHECK_EQUAL(mtx_lock(&mutex), thrd_success);
        CHECK_EQUAL(mtx_trylock(&mutex), i >= 2 ? thrd_success : thrd_busy);
        if (i >= 2) {
            CHECK_EQUAL(mtx_unlock(&mutex), thrd_success);
        }
        in_a_thread(try_held, &mutex);
        CHECK_EQUAL(mtx_unlock(&mutex), thrd_success);
        CHECK_EQUAL(mtx_timedlock(&mutex, &past), thrd_success);
        CHECK_EQUAL(mtx_unlock(&mutex), thrd_success);
        mtx_destroy(&mutex);
    }
}

static int follow(void* unused) {
    (void)unused;
    CHECK_EQUAL(mtx_lock(&mutex), thrd_success);
    stage = 1;
    CHECK_EQUAL(cnd_signal(&condition), thrd_success);
    while (stage != 2) {
        CHECK_EQUAL(cnd_wait(&condition, &mutex), thrd_success);
    }
    CHECK_EQUAL(mtx_unlock(&mutex), thrd_success);
    return 0;
}
static void conditions(void) {
    thrd_t thread;
    CHECK_EQUAL(mtx_init(&mutex, mtx_plain), thrd_success);
    CHECK_EQUAL(cnd_init(&condition), thrd_success);
    CHECK_EQUAL(mtx_lock(&mutex), thrd_success);
    struct timespec time = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQUAL(cnd_timedwait(&condition, &mutex, &time), thrd_timedout);
    CHECK(now_ns(CLOCK_REALTIME) >= (int64_t)time.tv_sec * kSecond + time.tv_nsec);
    time = malformed(CLOCK_REALTIME, kSecond);
    CHECK_EQUAL(cnd_timedwait(&condition, &mutex, &time), thrd_error);
    CHECK_EQUAL(thrd_create(&thread, follow, NULL), thrd_success);
    while (stage != 1) {
        CHECK_EQUAL(cnd_wait(&condition, &mutex), thrd_success);
    }
    stage = 2;
    CHECK_EQUAL(cnd_broadcast(&condition), thrd_success);
    CHECK_EQUAL(mtx_unlock(&mutex), thrd_success);
    CHECK_EQUAL(thrd_join(thread, NULL), thrd_success);
    cnd_destroy(&condition);
    mtx_destroy(&mutex);
}

static once_flag flag = ONCE_FLAG_INIT;
static int calls;
static void call(void) { ++calls; }

static tss_t key;
static int destroyed;
static void destroy(void* value) {
    ++destroyed;
    CHECK_EQUAL(tss_set(key, value), thrd_success);
}
static int store(void* value) {
    call_once(&flag, call);
    CHECK(tss_get(key) == NULL);
    CHECK_EQUAL(tss_set(key, value), thrd_success);
    CHECK(tss_get(key) == value);
    return 0;
}
static thread_local int own = 5;
static int change_own(void* unused) {
    (void)unused;
    return own++ - 5;
}

static void once_and_storage(void) {
    CHECK_EQUAL(tss_create(&key, destroy), thrd_success);
    in_a_thread(store, &key);
    CHECK_EQUAL(destroyed, TSS_DTOR_ITERATIONS);
    in_a_thread(store, &key);
    CHECK_EQUAL(calls, 1);
    tss_delete(key);
    in_a_thread(change_own, NULL);
    in_a_thread(change_own, NULL);
    CHECK_EQUAL(own, 5);
}

int main(void) {
    threads();
    mutexes();
    conditions();
    once_and_storage();
    puts("ok");
    return 0;
}
