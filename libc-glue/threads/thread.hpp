// A thread of the application: the thread control block that FS points to, with the task, the
// values of its keys and what join and exit need. A pthread_t points to it.
#pragma once

#include <base/address.hpp>
#include <base/list.hpp>
#include <sched/scheduler.hpp>

#include <atomic>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <pthread.h>

namespace hermit::glue {

/// Keys per program.
inline constexpr unsigned kMaxKeys = PTHREAD_KEYS_MAX;

/// A thread's value of a key. Valid only if `generation` is the key's: a key that was deleted and
/// created anew starts without values.
struct KeyValue {
    void* value;
    std::uint32_t generation;
};

/// Where a thread is in its life. Also the futex that `pthread_join` waits on.
enum class Life : std::uint32_t {
    kJoinable, // runs; somebody will join it
    kDetached, // runs; nobody will
    kOver,     // ended, its stack is free: the joiner may take it
};

struct Thread {
    // The processor's view; offsets are the x86-64 ABI's.
    Thread* self = nullptr;   // %fs:0
    void* unused[4] = {};     // 0x08: other systems' use
    std::uint64_t canary = 0; // %fs:0x28, read by code built with -fstack-protector

    sched::Task task;
    std::atomic<Life> life{Life::kJoinable};

    void* (*start)(void*) = nullptr;
    void* argument_or_result = nullptr;
    _pthread_cleanup_context* cleanup = nullptr;
    int policy = 0; // SCHED_*
    unsigned char cancel_state = 0;
    unsigned char cancel_type = 0;
    std::uint64_t signal_mask = 0;
    std::uint64_t pending_signals = 0;

    /// The mapping that holds guard, stack, thread-local storage and this. Size 0: the
    /// application's own memory.
    std::uint64_t mapping = 0;
    std::uint64_t mapping_bytes = 0;
    std::uint64_t guard_bytes = 0;
    std::uint64_t stack_size = 0; // what the attributes asked for

    ListNode node; // in the list of all threads, then in that of kept mappings

    /// Values of keys below `used_keys`; the others are meaningless.
    unsigned used_keys = 0;
    KeyValue keys[kMaxKeys];
};

static_assert(offsetof(Thread, self) == 0 && offsetof(Thread, canary) == 0x28);

/// The calling thread: one instruction.
inline Thread& current_thread() {
    Thread* self;
    asm("movq %%fs:0, %0" : "=r"(self));
    return *self;
}

inline Thread& to_thread(pthread_t handle) { return *reinterpret_cast<Thread*>(handle); }
inline pthread_t to_handle(Thread& thread) { return reinterpret_cast<pthread_t>(&thread); }
inline Thread& thread_of(sched::Task& task) { return *static_cast<Thread*>(task.owner); }

/// Stack of a thread that asks for nothing else. Address space only; backed as it is used.
inline constexpr std::uint64_t kDefaultStackBytes = 8 * kMiB;
/// Unmapped bytes below a stack that asks for nothing else.
inline constexpr std::uint64_t kDefaultGuardBytes = 64 * kKiB;

/// What threads get that are created without attributes of their own, and what
/// pthread_attr_init() gives.
const pthread_attr_t& default_attributes();

/// Whether a thread can have this policy and priority.
bool is_valid_scheduling(int policy, int priority);

/// The highest kernel priority is the scheduler's own business; real-time ones lie between it and
/// the default.
inline constexpr int kMinRealTime = 1;
inline constexpr int kMaxRealTime = sched::kPriorities - 2 - sched::kDefaultPriority;

/// The scheduler's priority for a policy and priority of POSIX, which are valid.
constexpr sched::Priority kernel_priority(int policy, int priority) {
    return static_cast<sched::Priority>(policy == SCHED_FIFO || policy == SCHED_RR
                                            ? sched::kDefaultPriority + priority
                                            : sched::kDefaultPriority);
}

/// Whether a thread of this policy lets its equals run when its time slice is over.
constexpr bool takes_turns(int policy) { return policy != SCHED_FIFO; }

} // namespace hermit::glue
