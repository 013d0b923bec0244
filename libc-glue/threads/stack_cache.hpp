// Memory of threads: the mapping with guard, stack, thread-local storage, control block and
// preemption area, and the list of all threads. Mappings of ended threads are kept for new ones,
// so that creating a thread neither maps memory nor flushes translations.
//
//   mapping                                                                    mapping + bytes
//   | guard | stack  … grows down | thread-local storage | Thread | preemption area |
#pragma once

#include "threads/thread.hpp"

#include <base/result.hpp>

namespace hermit::glue {

/// What a new thread's memory has to be like.
struct StackRequest {
    std::uint64_t stack_bytes = kDefaultStackBytes; // usable, thread-local storage not counted
    std::uint64_t guard_bytes = kDefaultGuardBytes;
    std::uint64_t given = 0; // the application's own memory of `stack_bytes`; 0: none
    unsigned core = 0;       // near to which a new stack's first pages are to lie
};

/// A thread with initialised thread-local storage and stack bounds, in the list of live threads.
/// Errors: kOutOfMemory, kInvalidArgument (given memory too small). Thread context.
Result<Thread*> allocate_thread(const StackRequest& request);

/// Takes a thread that is over out of the world; its memory may be another thread's at once.
/// Any context, the scheduler's included.
void release_thread(Thread& thread);

/// Gives one mapping back if more are kept than will be needed soon. Thread context.
void trim_stack_cache();

/// Processor time in nanoseconds of the thread with this number. False if there is none.
bool run_time_of(std::uint32_t id, std::uint64_t& nanoseconds);
/// Processor time in nanoseconds of all threads, ended ones included.
std::uint64_t run_time_of_all();

/// Calls `function(Thread&, argument)` for every thread, none ending meanwhile. It does not block.
void for_each_thread(void (*function)(Thread&, void*), void* argument);

} // namespace hermit::glue
