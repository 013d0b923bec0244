// Futexes for libgomp, libstdc++ and applications.

#include "errors.hpp"
#include "sync/word.hpp"
#include "threads/thread.hpp"
#include "time/deadline.hpp"

#include <arch/time.hpp>

#include <cstdarg>
#include <hermit.h>
#include <sys/random.h>
#include <sys/syscall.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

int error_of(sched::FutexResult result) {
    switch (result) {
    case sched::FutexResult::kWoken:
        return 0;
    case sched::FutexResult::kValueChanged:
        return -EAGAIN;
    case sched::FutexResult::kTimedOut:
        return -ETIMEDOUT;
    case sched::FutexResult::kInterrupted:
        return -EINTR;
    }
    return 0;
}

/// Linux's operation numbers, as libstdc++ passes them.
namespace operation {
constexpr int kWait = 0;
constexpr int kWake = 1;
constexpr int kRequeue = 3;
constexpr int kCompareRequeue = 4;
constexpr int kWaitBits = 9;
constexpr int kWakeBits = 10;
constexpr int kPrivate = 128;
constexpr int kRealtime = 256;
} // namespace operation

/// syscall(SYS_futex, …): 0 or more, or a negative error number.
long futex(int* word, int op, int value, const timespec* time, int* target, unsigned bits) {
    const clockid_t clock = (op & operation::kRealtime) != 0 ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    switch (op & ~(operation::kPrivate | operation::kRealtime)) {
    case operation::kWait: {
        std::uint64_t deadline_ns = sched::kForever;
        if (time != nullptr) { // here a span, elsewhere an absolute time
            if (!span_of(*time, deadline_ns)) {
                return -EINVAL;
            }
            deadline_ns = deadline_in(deadline_ns);
        }
        return error_of(
            sched::futex_wait(futex_word(word), static_cast<unsigned>(value), deadline_ns));
    }
    case operation::kWake:
        return hermit_futex_wake(word, value);
    case operation::kWaitBits:
        return hermit_futex_wait_bits(word, value, clock, time, bits);
    case operation::kWakeBits:
        return hermit_futex_wake_bits(word, value, bits);
    case operation::kRequeue:
    case operation::kCompareRequeue: {
        const int move = static_cast<int>(reinterpret_cast<std::intptr_t>(time));
        const int expected =
            (op & 1) != 0 ? __atomic_load_n(word, __ATOMIC_RELAXED) : static_cast<int>(bits);
        return hermit_futex_requeue(word, expected, value, move, target);
    }
    default:
        return -ENOSYS;
    }
}

} // namespace

extern "C" {

[[gnu::weak]] int hermit_futex_wait(int* address, int expected) {
    return error_of(sched::futex_wait(futex_word(address), static_cast<unsigned>(expected)));
}

[[gnu::weak]] int hermit_futex_wake(int* address, int count) {
    const unsigned most = count <= 0 ? 0 : static_cast<unsigned>(count);
    return static_cast<int>(sched::futex_wake(futex_word(address), most));
}

[[gnu::weak]] int hermit_futex_wait_bits(int* address, int expected, clockid_t clock,
                                         const timespec* deadline, unsigned bits) {
    std::uint64_t deadline_ns = sched::kForever;
    if (bits == 0 || (deadline != nullptr && !deadline_of(clock, *deadline, deadline_ns))) {
        return -EINVAL;
    }
    return error_of(
        sched::futex_wait(futex_word(address), static_cast<unsigned>(expected), deadline_ns, bits));
}

[[gnu::weak]] int hermit_futex_wake_bits(int* address, int count, unsigned bits) {
    if (bits == 0) {
        return -EINVAL;
    }
    return count <= 0 ? 0
                      : static_cast<int>(sched::futex_wake(futex_word(address),
                                                           static_cast<unsigned>(count), bits));
}

[[gnu::weak]] int hermit_futex_requeue(int* from, int expected, int wake, int move, int* to) {
    if (wake < 0 || move < 0) {
        return -EINVAL;
    }
    const int count = sched::futex_requeue(futex_word(from), static_cast<unsigned>(expected),
                                           static_cast<unsigned>(wake), futex_word(to),
                                           static_cast<unsigned>(move));
    return count < 0 ? -EAGAIN : count;
}

/// For run-time libraries that call the system by number. All else is ENOSYS.
[[gnu::weak]] long syscall(long number, ...) {
    std::va_list arguments;
    va_start(arguments, number);
    long result = -ENOSYS;
    switch (number) {
    case SYS_gettid:
        result = current_thread().task.id;
        break;
    case SYS_futex: {
        int* const word = va_arg(arguments, int*);
        const int op = va_arg(arguments, int);
        const int value = va_arg(arguments, int);
        const auto* const time = va_arg(arguments, const timespec*);
        int* const target = va_arg(arguments, int*);
        result = futex(word, op, value, time, target, va_arg(arguments, unsigned));
        break;
    }
    case SYS_getcpu: {
        auto* const cpu = va_arg(arguments, unsigned*);
        result = getcpu(cpu, va_arg(arguments, unsigned*));
        break;
    }
    case SYS_getrandom: {
        void* const buffer = va_arg(arguments, void*);
        const size_t bytes = va_arg(arguments, size_t);
        result = getrandom(buffer, bytes, va_arg(arguments, unsigned));
        break;
    }
    default:
        break;
    }
    va_end(arguments);
    return result >= 0 ? result : fail(static_cast<int>(-result));
}

} // extern "C"
