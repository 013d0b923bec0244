// Attributes of mutexes, condition variables, reader-writer locks and barriers. There is one
// process, so "shared between processes" holds for every object.

#include <cerrno>
#include <pthread.h>

namespace {

bool is_sharing(int value) {
    return value == PTHREAD_PROCESS_PRIVATE || value == PTHREAD_PROCESS_SHARED;
}

template <class Attributes>
int set_sharing(Attributes* attr, int value) {
    if (!is_sharing(value)) {
        return EINVAL;
    }
    attr->__pshared = static_cast<decltype(attr->__pshared)>(value);
    return 0;
}

} // namespace

extern "C" {

[[gnu::weak]] int pthread_mutexattr_init(pthread_mutexattr_t* attr) {
    *attr = {};
    attr->__kind = PTHREAD_MUTEX_DEFAULT;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_destroy(pthread_mutexattr_t*) { return 0; }
[[gnu::weak]] int pthread_mutexattr_gettype(const pthread_mutexattr_t* attr, int* type) {
    *type = attr->__kind;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_settype(pthread_mutexattr_t* attr, int type) {
    if (type != PTHREAD_MUTEX_NORMAL && type != PTHREAD_MUTEX_RECURSIVE &&
        type != PTHREAD_MUTEX_ERRORCHECK) {
        return EINVAL;
    }
    attr->__kind = type;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_getpshared(const pthread_mutexattr_t* attr, int* sharing) {
    *sharing = attr->__pshared;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_setpshared(pthread_mutexattr_t* attr, int sharing) {
    return set_sharing(attr, sharing);
}
[[gnu::weak]] int pthread_mutexattr_getrobust(const pthread_mutexattr_t*, int* robust) {
    *robust = PTHREAD_MUTEX_STALLED;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_setrobust(pthread_mutexattr_t*, int robust) {
    return robust == PTHREAD_MUTEX_STALLED ? 0 : robust == PTHREAD_MUTEX_ROBUST ? ENOTSUP : EINVAL;
}
[[gnu::weak]] int pthread_mutexattr_getprotocol(const pthread_mutexattr_t*, int* protocol) {
    *protocol = PTHREAD_PRIO_NONE;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_setprotocol(pthread_mutexattr_t*, int protocol) {
    switch (protocol) {
    case PTHREAD_PRIO_NONE:
        return 0;
    case PTHREAD_PRIO_INHERIT:
    case PTHREAD_PRIO_PROTECT:
        return ENOTSUP;
    default:
        return EINVAL;
    }
}
[[gnu::weak]] int pthread_mutexattr_getprioceiling(const pthread_mutexattr_t* attr, int* ceiling) {
    *ceiling = attr->__ceiling;
    return 0;
}
[[gnu::weak]] int pthread_mutexattr_setprioceiling(pthread_mutexattr_t*, int) { return ENOTSUP; }

[[gnu::weak]] int pthread_condattr_init(pthread_condattr_t* attr) {
    *attr = {.__clock = CLOCK_REALTIME, .__pshared = PTHREAD_PROCESS_PRIVATE};
    return 0;
}
[[gnu::weak]] int pthread_condattr_destroy(pthread_condattr_t*) { return 0; }
[[gnu::weak]] int pthread_condattr_getclock(const pthread_condattr_t* attr, clockid_t* clock) {
    *clock = attr->__clock;
    return 0;
}
[[gnu::weak]] int pthread_condattr_setclock(pthread_condattr_t* attr, clockid_t clock) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return EINVAL;
    }
    attr->__clock = clock;
    return 0;
}
[[gnu::weak]] int pthread_condattr_getpshared(const pthread_condattr_t* attr, int* sharing) {
    *sharing = attr->__pshared;
    return 0;
}
[[gnu::weak]] int pthread_condattr_setpshared(pthread_condattr_t* attr, int sharing) {
    return set_sharing(attr, sharing);
}

[[gnu::weak]] int pthread_rwlockattr_init(pthread_rwlockattr_t* attr) {
    *attr = {};
    return 0;
}
[[gnu::weak]] int pthread_rwlockattr_destroy(pthread_rwlockattr_t*) { return 0; }
[[gnu::weak]] int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t* attr, int* sharing) {
    *sharing = attr->__pshared;
    return 0;
}
[[gnu::weak]] int pthread_rwlockattr_setpshared(pthread_rwlockattr_t* attr, int sharing) {
    return set_sharing(attr, sharing);
}

[[gnu::weak]] int pthread_rwlockattr_getkind_np(const pthread_rwlockattr_t* attr, int* kind) {
    *kind = attr->__kind;
    return 0;
}
[[gnu::weak]] int pthread_rwlockattr_setkind_np(pthread_rwlockattr_t* attr, int kind) {
    if (kind != PTHREAD_RWLOCK_PREFER_READER_NP && kind != PTHREAD_RWLOCK_PREFER_WRITER_NP &&
        kind != PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) {
        return EINVAL;
    }
    attr->__kind = kind;
    return 0;
}

[[gnu::weak]] int pthread_barrierattr_init(pthread_barrierattr_t* attr) {
    *attr = {};
    return 0;
}
[[gnu::weak]] int pthread_barrierattr_destroy(pthread_barrierattr_t*) { return 0; }
[[gnu::weak]] int pthread_barrierattr_getpshared(const pthread_barrierattr_t* attr, int* sharing) {
    *sharing = attr->__pshared;
    return 0;
}
[[gnu::weak]] int pthread_barrierattr_setpshared(pthread_barrierattr_t* attr, int sharing) {
    return set_sharing(attr, sharing);
}

} // extern "C"
