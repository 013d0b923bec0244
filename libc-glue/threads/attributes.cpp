// Attributes of threads that are to be created.

#include "threads/thread.hpp"

#include <base/address.hpp>

#include <cerrno>
#include <climits>

using namespace hermit;
using namespace hermit::glue;

namespace {

constinit pthread_attr_t defaults{.__stack = nullptr,
                                  .__stack_size = kDefaultStackBytes,
                                  .__guard_size = kDefaultGuardBytes,
                                  .__detached = PTHREAD_CREATE_JOINABLE,
                                  .__scope = PTHREAD_SCOPE_SYSTEM,
                                  .__inherit = PTHREAD_INHERIT_SCHED,
                                  .__has_affinity = 0,
                                  .__policy = SCHED_OTHER,
                                  .__param = {},
                                  .__has_sigmask = 0,
                                  .__affinity = {},
                                  .__sigmask = 0};

/// Stores `value` if it is one of two allowed ones.
template <class Field>
int set_choice(Field& field, int value, int first, int second) {
    if (value != first && value != second) {
        return EINVAL;
    }
    field = static_cast<Field>(value);
    return 0;
}

} // namespace

const pthread_attr_t& hermit::glue::default_attributes() { return defaults; }

extern "C" {

[[gnu::weak]] int pthread_attr_init(pthread_attr_t* attr) {
    *attr = defaults;
    return 0;
}
[[gnu::weak]] int pthread_attr_destroy(pthread_attr_t*) { return 0; }

[[gnu::weak]] int pthread_getattr_default_np(pthread_attr_t* attr) {
    return pthread_attr_init(attr);
}

[[gnu::weak]] int pthread_attr_getdetachstate(const pthread_attr_t* attr, int* state) {
    *state = attr->__detached;
    return 0;
}
[[gnu::weak]] int pthread_attr_setdetachstate(pthread_attr_t* attr, int state) {
    return set_choice(attr->__detached, state, PTHREAD_CREATE_JOINABLE, PTHREAD_CREATE_DETACHED);
}

[[gnu::weak]] int pthread_attr_getguardsize(const pthread_attr_t* attr, size_t* size) {
    *size = attr->__guard_size;
    return 0;
}
[[gnu::weak]] int pthread_attr_setguardsize(pthread_attr_t* attr, size_t size) {
    attr->__guard_size = size;
    return 0;
}

[[gnu::weak]] int pthread_attr_getinheritsched(const pthread_attr_t* attr, int* inherit) {
    *inherit = attr->__inherit;
    return 0;
}
[[gnu::weak]] int pthread_attr_setinheritsched(pthread_attr_t* attr, int inherit) {
    return set_choice(attr->__inherit, inherit, PTHREAD_INHERIT_SCHED, PTHREAD_EXPLICIT_SCHED);
}

[[gnu::weak]] int pthread_attr_getschedpolicy(const pthread_attr_t* attr, int* policy) {
    *policy = attr->__policy;
    return 0;
}
[[gnu::weak]] int pthread_attr_setschedpolicy(pthread_attr_t* attr, int policy) {
    if (sched_get_priority_min(policy) < 0) {
        return EINVAL;
    }
    attr->__policy = policy;
    return 0;
}

[[gnu::weak]] int pthread_attr_getschedparam(const pthread_attr_t* attr, sched_param* param) {
    *param = attr->__param;
    return 0;
}
[[gnu::weak]] int pthread_attr_setschedparam(pthread_attr_t* attr, const sched_param* param) {
    if (param->sched_priority < 0 || param->sched_priority > kMaxRealTime) {
        return EINVAL;
    }
    attr->__param = *param;
    return 0;
}

[[gnu::weak]] int pthread_attr_getscope(const pthread_attr_t* attr, int* scope) {
    *scope = attr->__scope;
    return 0;
}
[[gnu::weak]] int pthread_attr_setscope(pthread_attr_t* attr, int scope) {
    if (scope == PTHREAD_SCOPE_PROCESS) {
        return ENOTSUP; // every thread competes with all others
    }
    return set_choice(attr->__scope, scope, PTHREAD_SCOPE_SYSTEM, PTHREAD_SCOPE_SYSTEM);
}

[[gnu::weak]] int pthread_attr_getstack(const pthread_attr_t* attr, void** stack, size_t* size) {
    *stack = attr->__stack;
    *size = attr->__stack_size;
    return 0;
}
[[gnu::weak]] int pthread_attr_setstack(pthread_attr_t* attr, void* stack, size_t size) {
    if (size < PTHREAD_STACK_MIN) {
        return EINVAL;
    }
    attr->__stack = stack;
    attr->__stack_size = size;
    return 0;
}

[[gnu::weak]] int pthread_attr_getstackaddr(const pthread_attr_t* attr, void** stack) {
    *stack = static_cast<char*>(attr->__stack) + attr->__stack_size; // POSIX.1-2001: the top
    return 0;
}
[[gnu::weak]] int pthread_attr_setstackaddr(pthread_attr_t* attr, void* stack) {
    attr->__stack = static_cast<char*>(stack) - attr->__stack_size;
    return 0;
}

[[gnu::weak]] int pthread_attr_getstacksize(const pthread_attr_t* attr, size_t* size) {
    *size = attr->__stack_size;
    return 0;
}
[[gnu::weak]] int pthread_attr_setstacksize(pthread_attr_t* attr, size_t size) {
    if (size < PTHREAD_STACK_MIN) {
        return EINVAL;
    }
    attr->__stack_size = size;
    return 0;
}

[[gnu::weak]] int pthread_attr_getaffinity_np(const pthread_attr_t* attr, size_t size,
                                              cpu_set_t* set) {
    CPU_ZERO_S(size, set);
    for (unsigned core = 0; core < kMaxCores; ++core) {
        if (attr->__has_affinity == 0 ? core < sched::ready_cores()
                                      : CPU_ISSET(core, &attr->__affinity)) {
            if (core >= size * 8) {
                return EINVAL;
            }
            CPU_SET_S(core, size, set);
        }
    }
    return 0;
}
[[gnu::weak]] int pthread_attr_setaffinity_np(pthread_attr_t* attr, size_t size,
                                              const cpu_set_t* set) {
    const bool has_affinity = set != nullptr && size != 0;
    cpu_set_t there{};
    bool any = false;
    for (unsigned core = 0; has_affinity && core < sched::ready_cores(); ++core) {
        if (CPU_ISSET_S(core, size, set)) {
            CPU_SET(core, &there);
            any = true;
        }
    }
    if (has_affinity && !any) {
        return EINVAL;
    }
    attr->__has_affinity = has_affinity;
    attr->__affinity = there;
    return 0;
}

[[gnu::weak]] int pthread_attr_getsigmask_np(const pthread_attr_t* attr, sigset_t* set) {
    *set = attr->__sigmask;
    return attr->__has_sigmask != 0 ? 0 : PTHREAD_ATTR_NO_SIGMASK_NP;
}
[[gnu::weak]] int pthread_attr_setsigmask_np(pthread_attr_t* attr, const sigset_t* set) {
    attr->__has_sigmask = set != nullptr;
    attr->__sigmask = set != nullptr ? *set : 0;
    return 0;
}

[[gnu::weak]] int pthread_setattr_default_np(const pthread_attr_t* attr) {
    if (attr->__stack != nullptr ||
        !is_valid_scheduling(attr->__policy, attr->__param.sched_priority)) {
        return EINVAL;
    }
    defaults = *attr;
    if (defaults.__stack_size == 0) {
        defaults.__stack_size = kDefaultStackBytes;
    }
    return 0;
}

[[gnu::weak]] int pthread_getattr_np(pthread_t handle, pthread_attr_t* attr) {
    const Thread& thread = to_thread(handle);
    *attr = pthread_attr_t{};
    attr->__stack = reinterpret_cast<void*>(thread.task.stack_bottom);
    attr->__stack_size = thread.task.stack_top - thread.task.stack_bottom;
    attr->__guard_size = thread.guard_bytes;
    attr->__detached =
        thread.life.load() == Life::kDetached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE;
    attr->__scope = PTHREAD_SCOPE_SYSTEM;
    attr->__policy = thread.policy;
    attr->__param.sched_priority = thread.task.priority - kernel_priority(SCHED_OTHER, 0);
    attr->__has_affinity = 1;
    return pthread_getaffinity_np(handle, sizeof attr->__affinity, &attr->__affinity);
}

} // extern "C"
