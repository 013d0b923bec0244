/* Thread-specific data, and what else runs when a thread ends: clean-up handlers, in which order.
 */
#define _GNU_SOURCE
#include "common.h"

#include <limits.h>
#include <unistd.h>

static pthread_key_t key, other_key;
static int rounds;
static void* last_seen;

static void* nothing_yet(void* unused) {
    CHECK(pthread_getspecific(key) == NULL);
    CHECK(pthread_getspecific(other_key) == NULL);
    return unused;
}

static void store_again(void* value) {
    ++rounds;
    CHECK(pthread_getspecific(key) == NULL); /* taken away before the destructor runs */
    last_seen = value;
    CHECK_EQUAL(pthread_setspecific(key, value), 0);
}
static void store_in_the_other(void* value) { CHECK_EQUAL(pthread_setspecific(key, value), 0); }

static void* store(void* value) {
    CHECK_EQUAL(pthread_setspecific(key, value), 0);
    CHECK(pthread_getspecific(key) == value);
    return NULL;
}
static void* store_in_both(void* value) {
    CHECK_EQUAL(pthread_setspecific(other_key, value), 0);
    return NULL;
}
static void* store_nothing(void* unused) {
    CHECK_EQUAL(pthread_setspecific(key, &rounds), 0);
    CHECK_EQUAL(pthread_setspecific(key, NULL), 0);
    return unused;
}
static void* delete_before_the_end(void* unused) {
    CHECK_EQUAL(pthread_setspecific(key, &rounds), 0);
    CHECK_EQUAL(pthread_key_delete(key), 0);
    return unused;
}

static void destructors(void) {
    CHECK_EQUAL(pthread_key_create(&key, store_again), 0);
    CHECK_EQUAL(pthread_key_create(&other_key, store_in_the_other), 0);
    CHECK_EQUAL(pthread_setspecific(key, &rounds), 0); /* main's own, which nobody else sees */
    elsewhere(nothing_yet, NULL);
    CHECK_EQUAL(rounds, 0);
    elsewhere(store, &rounds);
    CHECK_EQUAL(rounds, PTHREAD_DESTRUCTOR_ITERATIONS);
    CHECK(last_seen == &rounds);
    rounds = 0;
    elsewhere(store_nothing, NULL);
    CHECK_EQUAL(rounds, 0);
    elsewhere(store_in_both, &last_seen);
    CHECK(rounds == PTHREAD_DESTRUCTOR_ITERATIONS || rounds == PTHREAD_DESTRUCTOR_ITERATIONS - 1);
    CHECK(last_seen == &last_seen);
    rounds = 0;
    elsewhere(delete_before_the_end, NULL);
    CHECK_EQUAL(rounds, 0);
    CHECK_EQUAL(pthread_key_delete(other_key), 0);
}

static void all_keys(void) {
    static pthread_key_t keys[PTHREAD_KEYS_MAX + 1];
    int made = 0;
    CHECK(PTHREAD_KEYS_MAX >= _POSIX_THREAD_KEYS_MAX);
    CHECK_EQUAL(sysconf(_SC_THREAD_KEYS_MAX), PTHREAD_KEYS_MAX);
    CHECK_EQUAL(sysconf(_SC_THREAD_DESTRUCTOR_ITERATIONS), PTHREAD_DESTRUCTOR_ITERATIONS);
    while (made <= PTHREAD_KEYS_MAX && pthread_key_create(&keys[made], NULL) == 0) {
        CHECK(pthread_getspecific(keys[made]) == NULL);
        CHECK_EQUAL(pthread_setspecific(keys[made], &keys[made]), 0);
        ++made;
    }
    /* The C library may have used a few itself. */
    CHECK(made <= PTHREAD_KEYS_MAX && made >= PTHREAD_KEYS_MAX - 8);
    CHECK_EQUAL(pthread_key_create(&keys[made], NULL), EAGAIN);
    for (int i = 0; i < made; ++i) {
        CHECK(pthread_getspecific(keys[i]) == &keys[i]);
        CHECK_EQUAL(pthread_key_delete(keys[i]), 0);
        CHECK_EQUAL(pthread_key_delete(keys[i]), EINVAL);
        CHECK_EQUAL(pthread_setspecific(keys[i], &keys[i]), EINVAL);
        CHECK(pthread_getspecific(keys[i]) == NULL);
    }
    CHECK_EQUAL(pthread_key_create(&key, NULL), 0);
    CHECK(pthread_getspecific(key) == NULL); /* not the value of the key that was here */
    CHECK_EQUAL(pthread_key_delete(key), 0);
    CHECK_EQUAL(pthread_setspecific(PTHREAD_KEYS_MAX + 5, NULL), EINVAL);
    CHECK_EQUAL(pthread_key_delete(PTHREAD_KEYS_MAX + 5), EINVAL);
    CHECK(pthread_getspecific(PTHREAD_KEYS_MAX + 5) == NULL);
}

static char story[16];
static void tell(void* word) { strcat(story, word); }
static void finish(void* word) { strcat(story, word); }

static void leave(void) {
    pthread_cleanup_push(tell, "c");
    pthread_exit(&story);
    pthread_cleanup_pop(0);
}
static void* end_deep_below(void* unused) {
    CHECK_EQUAL(pthread_setspecific(key, "k"), 0);
    pthread_cleanup_push(tell, "a");
    pthread_cleanup_push(tell, "b");
    pthread_cleanup_push(tell, "x");
    pthread_cleanup_pop(0);
    pthread_cleanup_push(tell, "1");
    pthread_cleanup_pop(1);
    leave();
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return unused;
}
static void* end_normally(void* unused) {
    pthread_cleanup_push(tell, "2");
    pthread_cleanup_pop(1);
    return unused;
}

static void clean_up_handlers(void) {
    CHECK_EQUAL(pthread_key_create(&key, finish), 0);
    CHECK(elsewhere(end_deep_below, NULL) == &story);
    CHECK_EQUAL(strcmp(story, "1cbak"), 0); /* handlers first, then destructors */
    elsewhere(end_normally, NULL);
    CHECK_EQUAL(strcmp(story, "1cbak2"), 0);
    CHECK_EQUAL(pthread_key_delete(key), 0);
}

int main(void) {
    destructors();
    all_keys();
    clean_up_handlers();
    puts("ok");
    return 0;
}
