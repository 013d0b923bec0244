// Who a thread is: handle, number, name, and what else belongs to a thread alone.

#include "errors.hpp"
#include "threads/thread.hpp"

#include <cstring>
#include <unistd.h>

using namespace hermit::glue;

namespace {

/// Returns what cancellation state or type was, and sets another.
int exchange(unsigned char& field, int value, int* old) {
    if (value != 0 && value != 1) {
        return EINVAL;
    }
    if (old != nullptr) {
        *old = field;
    }
    field = static_cast<unsigned char>(value);
    return 0;
}

constinit int concurrency = 0;

} // namespace

extern "C" {

[[gnu::weak]] pthread_t pthread_self(void) { return to_handle(current_thread()); }
[[gnu::weak]] int pthread_equal(pthread_t a, pthread_t b) { return a == b; }
[[gnu::weak]] pid_t gettid(void) { return static_cast<pid_t>(current_thread().task.id); }

[[gnu::weak]] int pthread_setname_np(pthread_t handle, const char* name) {
    Thread& thread = to_thread(handle);
    const size_t bytes = std::strlen(name) + 1;
    if (bytes > sizeof thread.task.name) {
        return ERANGE;
    }
    std::memcpy(thread.task.name, name, bytes);
    return 0;
}
[[gnu::weak]] int pthread_getname_np(pthread_t handle, char* name, size_t size) {
    const Thread& thread = to_thread(handle);
    const size_t bytes = std::strlen(thread.task.name) + 1;
    if (bytes > size) {
        return ERANGE;
    }
    std::memcpy(name, thread.task.name, bytes);
    return 0;
}

[[gnu::weak]] int pthread_getconcurrency(void) { return concurrency; }
[[gnu::weak]] int pthread_setconcurrency(int level) {
    if (level < 0) {
        return EINVAL;
    }
    concurrency = level; // a hint: every thread is scheduled by itself anyway
    return 0;
}

/// There is no fork, so the handlers never run.
[[gnu::weak]] int pthread_atfork(void (*)(void), void (*)(void), void (*)(void)) { return 0; }

[[gnu::weak]] void _pthread_cleanup_push(_pthread_cleanup_context* context, void (*routine)(void*),
                                         void* argument) {
    Thread& thread = current_thread();
    context->_routine = routine;
    context->_arg = argument;
    context->_previous = thread.cleanup;
    thread.cleanup = context;
}
[[gnu::weak]] void _pthread_cleanup_pop(_pthread_cleanup_context* context, int execute) {
    current_thread().cleanup = context->_previous;
    void (*const routine)(void*) = context->_routine;
    context->_routine = nullptr; // see <pthread.h>
    if (execute != 0) {
        routine(context->_arg);
    }
}

// Nothing cancels a thread; the states are kept for those who save and restore them.
[[gnu::weak]] int pthread_setcancelstate(int state, int* old) {
    return exchange(current_thread().cancel_state, state, old);
}
[[gnu::weak]] int pthread_setcanceltype(int type, int* old) {
    return exchange(current_thread().cancel_type, type, old);
}
[[gnu::weak]] void pthread_testcancel(void) {}
[[gnu::weak]] int pthread_cancel(pthread_t) { return ENOSYS; }

} // extern "C"
