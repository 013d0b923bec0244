// Limits of the system, as numbers that do not change while it runs.

#include "errors.hpp"
#include "threads/thread.hpp"

#include <arch/caches.hpp>
#include <mm/app_memory.hpp>

#include <climits>
#include <cstring>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

/// A property of one of the processor's caches; 0 where unknown.
long cache_property(int name) {
    constexpr struct {
        unsigned level;
        bool instructions;
    } kCaches[] = {{1, true}, {1, false}, {2, false}, {3, false}, {4, false}};
    const int index = name - _SC_LEVEL1_ICACHE_SIZE;
    const auto& wanted = kCaches[index / 3];
    for (const arch::Cache& cache : arch::caches()) {
        if (cache.level == wanted.level &&
            (cache.type == arch::CacheType::kInstructions) == wanted.instructions) {
            return index % 3 == 0   ? static_cast<long>(cache.bytes)
                   : index % 3 == 1 ? cache.ways
                                    : cache.line_bytes;
        }
    }
    return 0;
}

rlim_t limit_of(int resource) {
    switch (resource) {
    case RLIMIT_STACK:
        return kDefaultStackBytes;
    case RLIMIT_NOFILE:
        return static_cast<rlim_t>(sysconf(_SC_OPEN_MAX));
    case RLIMIT_NPROC:
        return 1;
    case RLIMIT_CORE:
        return 0;
    default:
        return RLIM_INFINITY;
    }
}

} // namespace

extern "C" {

[[gnu::weak]] long sysconf(int name) {
    switch (name) {
    case _SC_PAGESIZE:
        return 4096;
    case _SC_NPROCESSORS_CONF:
    case _SC_NPROCESSORS_ONLN:
        return get_nprocs();
    case _SC_PHYS_PAGES:
        return get_phys_pages();
    case _SC_AVPHYS_PAGES:
        return get_avphys_pages();
    case _SC_CLK_TCK:
        return CLOCKS_PER_SEC;
    case _SC_ARG_MAX:
        return 16384;
    case _SC_CHILD_MAX:
        return 0;
    case _SC_OPEN_MAX:
        return OPEN_MAX;
    case _SC_NGROUPS_MAX:
        return NGROUPS_MAX;
    case _SC_STREAM_MAX:
        return OPEN_MAX;
    case _SC_TZNAME_MAX:
        return TZNAME_MAX;
    case _SC_LINE_MAX:
        return LINE_MAX;
    case _SC_IOV_MAX:
        return IOV_MAX;
    case _SC_HOST_NAME_MAX:
        return HOST_NAME_MAX;
    case _SC_LOGIN_NAME_MAX:
        return 32;
    case _SC_TTY_NAME_MAX:
        return 32;
    case _SC_SYMLOOP_MAX:
        return SYMLOOP_MAX;
    case _SC_RE_DUP_MAX:
        return 255;
    case _SC_COLL_WEIGHTS_MAX:
        return 2;
    case _SC_EXPR_NEST_MAX:
        return 32;
    case _SC_BC_BASE_MAX:
    case _SC_BC_SCALE_MAX:
        return 99;
    case _SC_BC_DIM_MAX:
        return 2048;
    case _SC_BC_STRING_MAX:
        return 1000;
    case _SC_ATEXIT_MAX:
        return 32;
    case _SC_GETGR_R_SIZE_MAX:
    case _SC_GETPW_R_SIZE_MAX:
        return 1024;
    case _SC_THREAD_KEYS_MAX:
        return kMaxKeys;
    case _SC_THREAD_STACK_MIN:
        return PTHREAD_STACK_MIN;
    case _SC_THREAD_DESTRUCTOR_ITERATIONS:
        return PTHREAD_DESTRUCTOR_ITERATIONS;
    case _SC_SEM_VALUE_MAX:
        return SEM_VALUE_MAX;
    case _SC_RTSIG_MAX:
        return SIGRTMAX - SIGRTMIN + 1;
    case _SC_SIGQUEUE_MAX:
        return 0;
    case _SC_VERSION:
    case _SC_FSYNC:
    case _SC_MAPPED_FILES:
    case _SC_MEMLOCK:
    case _SC_MEMORY_PROTECTION:
    case _SC_SEMAPHORES:
    case _SC_TIMERS:
    case _SC_THREADS:
    case _SC_THREAD_ATTR_STACKADDR:
    case _SC_THREAD_ATTR_STACKSIZE:
    case _SC_THREAD_PRIORITY_SCHEDULING:
    case _SC_PRIORITY_SCHEDULING:
    case _SC_THREAD_PROCESS_SHARED:
    case _SC_THREAD_SAFE_FUNCTIONS:
    case _SC_ADVISORY_INFO:
    case _SC_BARRIERS:
    case _SC_CLOCK_SELECTION:
    case _SC_CPUTIME:
    case _SC_THREAD_CPUTIME:
    case _SC_MONOTONIC_CLOCK:
    case _SC_READER_WRITER_LOCKS:
    case _SC_SPIN_LOCKS:
    case _SC_TIMEOUTS:
        return 200809L;
    case _SC_REGEXP:
    case _SC_SAVED_IDS:
    case _SC_V7_LP64_OFF64:
        return 1;
    case _SC_XOPEN_VERSION:
        return 700;
    default:
        if (name >= _SC_LEVEL1_ICACHE_SIZE && name <= _SC_LEVEL4_CACHE_LINESIZE) {
            return cache_property(name);
        }
        if (name < 0 || name > _SC_POSIX_26_VERSION) {
            errno = EINVAL;
        }
        return -1; // no such option, or no limit
    }
}

[[gnu::weak]] size_t confstr(int name, char* buffer, size_t size) {
    constexpr int kSearchPath = 0; // _CS_PATH
    if (name != kSearchPath) {
        errno = EINVAL;
        return 0;
    }
    constexpr char kPath[] = "/bin";
    if (size > 0) {
        const size_t part = size < sizeof kPath ? size : sizeof kPath;
        std::memcpy(buffer, kPath, part);
        buffer[part - 1] = '\0';
    }
    return sizeof kPath;
}

[[gnu::weak]] int getrlimit(int resource, rlimit* limit) {
    if (resource < 0 || resource >= RLIM_NLIMITS) {
        return fail(EINVAL);
    }
    limit->rlim_cur = limit->rlim_max = limit_of(resource);
    return 0;
}

/// Nothing is limited that could be: only what is the case already can be set.
[[gnu::weak]] int setrlimit(int resource, const rlimit* limit) {
    if (resource < 0 || resource >= RLIM_NLIMITS || limit->rlim_cur > limit->rlim_max) {
        return fail(EINVAL);
    }
    return limit->rlim_cur == limit_of(resource) ? 0 : fail(EPERM);
}

[[gnu::weak]] int getpriority(int, id_t) { return 0; }

} // extern "C"
