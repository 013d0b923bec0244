// Threads begin and end here.

#include "errors.hpp"
#include "memory/heap_memory.h"
#include "threads/keys.hpp"
#include "threads/stack_cache.hpp"
#include "time/deadline.hpp"

#include <arch/core.hpp>
#include <sched/futex.hpp>

#include <cstdlib>
#include <reent.h>

namespace hermit::glue {
namespace {

/// Threads that have not called pthread_exit.
constinit std::atomic<unsigned> running{1};

const std::uint32_t* futex_of(const std::atomic<Life>& life) {
    static_assert(sizeof life == sizeof(std::uint32_t));
    return reinterpret_cast<const std::uint32_t*>(&life);
}

/// The thread's first function. Its caller's address on the stack is 0: backtraces end here.
void thread_main(void* argument) {
    Thread& thread = *static_cast<Thread*>(argument);
    pthread_exit(thread.start(thread.argument_or_result));
}

/// The thread's stack is free. On the scheduler's stack, interrupts off: no vector registers, no
/// thread-local storage.
void on_thread_over(sched::Task& task) {
    Thread& thread = thread_of(task);
    // Release pairs with the joiner's acquire: it may take the memory as soon as it sees the value.
    if (thread.life.exchange(Life::kOver, std::memory_order_acq_rel) == Life::kDetached) {
        release_thread(thread);
    } else {
        sched::futex_wake(futex_of(thread.life), 1);
    }
}

/// Affinity, scheduling, signal mask: the attributes' or, by default, the creator's.
void inherit(Thread& thread, const pthread_attr_t& attributes) {
    const Thread& creator = current_thread();
    if (attributes.__has_affinity != 0) {
        // The attributes name none but cores that are there.
        for (unsigned core = 0; core < sched::ready_cores(); ++core) {
            if (CPU_ISSET(core, &attributes.__affinity)) {
                thread.task.affinity.add(core);
            }
        }
    } else {
        sched::inherit_affinity(thread.task, creator.task);
    }
    if (attributes.__inherit == PTHREAD_EXPLICIT_SCHED) {
        thread.policy = attributes.__policy;
        thread.task.priority = kernel_priority(thread.policy, attributes.__param.sched_priority);
    } else {
        thread.policy = creator.policy;
        thread.task.priority = creator.task.priority.load(std::memory_order_relaxed);
    }
    thread.task.takes_turns.store(takes_turns(thread.policy), std::memory_order_relaxed);
    thread.signal_mask = attributes.__has_sigmask != 0 ? attributes.__sigmask : creator.signal_mask;
}

/// A core on which the thread may run, if its affinity names some; else the creator's.
unsigned likely_core(const pthread_attr_t& attributes) {
    if (attributes.__has_affinity != 0) {
        for (unsigned core = 0; core < sched::ready_cores(); ++core) {
            if (CPU_ISSET(core, &attributes.__affinity)) {
                return core;
            }
        }
    }
    return arch::this_core();
}

int create(pthread_t& handle, const pthread_attr_t& attributes, void* (*start)(void*),
           void* argument) {
    if (attributes.__inherit == PTHREAD_EXPLICIT_SCHED &&
        !is_valid_scheduling(attributes.__policy, attributes.__param.sched_priority)) {
        return EINVAL;
    }
    StackRequest request;
    request.core = likely_core(attributes);
    request.given = reinterpret_cast<std::uint64_t>(attributes.__stack);
    request.guard_bytes = attributes.__guard_size;
    if (attributes.__stack_size != 0) {
        request.stack_bytes = attributes.__stack_size;
    }
    Result<Thread*> made = allocate_thread(request);
    if (!made) {
        // POSIX: EAGAIN for "not the resources to create another thread".
        return made.error().code == Errc::kOutOfMemory ? EAGAIN : to_errno(made.error().code);
    }
    trim_stack_cache(); // ended detached threads are seen nowhere else
    Thread& thread = **made;
    inherit(thread, attributes);
    if (attributes.__detached == PTHREAD_CREATE_DETACHED) {
        thread.life.store(Life::kDetached, std::memory_order_relaxed);
    }
    thread.canary = current_thread().canary;
    thread.start = start;
    thread.argument_or_result = argument;
    thread.task.on_reaped = on_thread_over;
    arch::prepare(thread.task.context, reinterpret_cast<void*>(thread.task.stack_top), thread_main,
                  &thread);
    running.fetch_add(1, std::memory_order_relaxed);
    handle = to_handle(thread); // before it runs: it may ask for its own handle
    sched::spawn(thread.task);
    return 0;
}

int join(Thread& thread, void** result, std::uint64_t deadline_ns) {
    if (&thread == &current_thread()) {
        return EDEADLK;
    }
    for (;;) {
        // Acquire pairs with the exchange in on_thread_over.
        const Life life = thread.life.load(std::memory_order_acquire);
        if (life == Life::kOver) {
            break;
        }
        if (life == Life::kDetached) {
            return EINVAL;
        }
        if (sched::futex_wait(futex_of(thread.life), static_cast<std::uint32_t>(life),
                              deadline_ns) == sched::FutexResult::kTimedOut) {
            return ETIMEDOUT;
        }
    }
    if (result != nullptr) {
        *result = thread.argument_or_result;
    }
    release_thread(thread);
    trim_stack_cache();
    return 0;
}

} // namespace
} // namespace hermit::glue

using namespace hermit::glue;

extern "C" {

[[gnu::weak]] int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                                 void* (*start)(void*), void* argument) {
    return create(*thread, attributes == nullptr ? default_attributes() : *attributes, start,
                  argument);
}

/// Of crt0.o.
[[gnu::weak]] void __hermit_destroy_thread_locals();

[[gnu::weak]] void pthread_exit(void* result) {
    Thread& thread = current_thread();
    while (thread.cleanup != nullptr) {
        _pthread_cleanup_context& handler = *thread.cleanup;
        thread.cleanup = handler._previous;
        handler._routine(handler._arg);
    }
    if (__hermit_destroy_thread_locals != nullptr) {
        __hermit_destroy_thread_locals();
    }
    run_key_destructors(thread);
    _reclaim_reent(nullptr);
    if (__hermit_heap_thread_done != nullptr) { // the program may have brought its own malloc
        __hermit_heap_thread_done();
    }
    thread.argument_or_result = result;
    if (running.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        exit(0); // POSIX: as if the last thread had called exit
    }
    hermit::sched::exit_current();
}

[[gnu::weak]] int pthread_join(pthread_t thread, void** result) {
    return join(to_thread(thread), result, hermit::sched::kForever);
}

[[gnu::weak]] int pthread_tryjoin_np(pthread_t thread, void** result) {
    const int status = join(to_thread(thread), result, 0);
    return status == ETIMEDOUT ? EBUSY : status;
}

[[gnu::weak]] int pthread_clockjoin_np(pthread_t thread, void** result, clockid_t clock,
                                       const timespec* deadline) {
    std::uint64_t deadline_ns = hermit::sched::kForever;
    if (!is_lock_clock(clock) ||
        (deadline != nullptr && !deadline_of(clock, *deadline, deadline_ns))) {
        return EINVAL;
    }
    return join(to_thread(thread), result, deadline_ns);
}

[[gnu::weak]] int pthread_timedjoin_np(pthread_t thread, void** result, const timespec* deadline) {
    return pthread_clockjoin_np(thread, result, CLOCK_REALTIME, deadline);
}

[[gnu::weak]] int pthread_detach(pthread_t handle) {
    Thread& thread = to_thread(handle);
    Life expected = Life::kJoinable;
    // Acquire, if it failed, pairs with the exchange in on_thread_over.
    if (thread.life.compare_exchange_strong(expected, Life::kDetached, std::memory_order_acq_rel)) {
        return 0;
    }
    if (expected == Life::kDetached) {
        return EINVAL;
    }
    release_thread(thread);
    return 0;
}

} // extern "C"
