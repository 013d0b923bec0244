#include "threads/stack_cache.hpp"

#include "threads/tls.hpp"

#include <base/address.hpp>
#include <mm/app_memory.hpp>
#include <sync/spin_lock.hpp>

#include <algorithm>
#include <new>

namespace hermit::glue {
namespace {

constexpr std::uint64_t kPage = 4 * kKiB;
/// Kept mappings beyond this number are given back, one with each thread created or joined.
constexpr unsigned kMaxCached = 256;

class Threads {
  public:
    /// A kept mapping of that size, or null. Not searched for among those beyond the number kept:
    /// there may be thousands for a while, and this is under a lock, with interrupts off.
    Thread* take(std::uint64_t bytes, std::uint64_t guard_bytes) {
        unsigned visited = 0;
        for (Thread& thread : free_) {
            if (thread.mapping_bytes == bytes && thread.guard_bytes == guard_bytes) {
                remove_free(thread);
                return &thread;
            }
            if (++visited == kMaxCached) {
                break;
            }
        }
        return nullptr;
    }
    /// One mapping too many, the one that was used longest ago, or null.
    Thread* take_surplus() {
        if (cached_ <= kMaxCached) {
            return nullptr;
        }
        Thread* const oldest = free_.back();
        remove_free(*oldest);
        return oldest;
    }
    void enter(Thread& thread) { live_.push_back(thread); }
    void leave(Thread& thread) {
        thread.node.unlink();
        ended_run_time_ns_ += sched::run_time_ns(thread.task);
        if (thread.mapping_bytes != 0) {
            free_.push_front(thread);
            ++cached_;
        }
    }
    List<Thread, &Thread::node>& live() { return live_; }
    std::uint64_t ended_run_time_ns() const { return ended_run_time_ns_; }

  private:
    void remove_free(Thread& thread) {
        thread.node.unlink();
        --cached_;
    }

    List<Thread, &Thread::node> live_;
    List<Thread, &Thread::node> free_; // the one that was used last in front
    unsigned cached_ = 0;
    std::uint64_t ended_run_time_ns_ = 0;
};

constinit Protected<Threads> threads{LockRank::kThreads};

/// What thread-local storage, control block and preemption area take at most.
std::uint64_t overhead_bytes() {
    const TlsTemplate& tls = tls_template();
    return tls.memory_bytes + tls.alignment + sizeof(Thread) + 64 + arch::preemption_area_bytes();
}

/// Where the control block goes in memory that ends at `top`.
Thread* place(std::uint64_t top) {
    const std::uint64_t area = align_down(top - arch::preemption_area_bytes(), 64);
    return reinterpret_cast<Thread*>(align_down(area - sizeof(Thread), tls_template().alignment));
}

/// Makes a control block whose keys stay as they are: unused ones are never read.
void reset(Thread& thread, std::uint64_t top, std::uint64_t bottom) {
    const TlsTemplate& tls = tls_template();
    thread.self = &thread;
    new (&thread.task) sched::Task{};
    thread.life.store(Life::kJoinable, std::memory_order_relaxed);
    thread.cleanup = nullptr;
    thread.policy = SCHED_OTHER;
    thread.cancel_state = PTHREAD_CANCEL_ENABLE;
    thread.cancel_type = PTHREAD_CANCEL_DEFERRED;
    thread.signal_mask = 0;
    thread.pending_signals = 0;
    thread.used_keys = 0;
    new (&thread.node) ListNode{};
    sched::Task& task = thread.task;
    task.owner = &thread;
    task.context.thread_pointer = reinterpret_cast<std::uint64_t>(&thread);
    task.context.area = reinterpret_cast<arch::PreemptionArea*>(
        align_down(top - arch::preemption_area_bytes(), 64));
    arch::touch(*task.context.area);
    task.stack_bottom = bottom;
    task.stack_top = align_down(task.context.thread_pointer - tls.memory_bytes, 16);
}

[[gnu::noinline]] Result<Thread*> map_thread(std::uint64_t bytes, std::uint64_t guard_bytes,
                                             unsigned core) {
    using namespace mm::app;
    const VirtAddr start =
        TRY(map(VirtAddr{}, bytes, {.read = true, .write = true}, kStack | kNoReserve));
    if (guard_bytes != 0) {
        if (const auto done = protect(start, guard_bytes, {}); !done) {
            static_cast<void>(unmap(start, bytes));
            return done.error();
        }
    }
    // What a thread needs to start, and the first page of its stack: later there is nobody to tell
    // that memory is out.
    Thread* const thread = place(start.value() + bytes);
    const VirtAddr lowest =
        (VirtAddr{thread}.align_down(kPage) - align_up(tls_template().memory_bytes, kPage)) - kPage;
    const VirtAddr first = lowest < start + guard_bytes ? start + guard_bytes : lowest;
    if (const auto done = populate_stack(first, start + bytes - first, core); !done) {
        static_cast<void>(unmap(start, bytes));
        return done.error();
    }
    thread->mapping = start.value();
    thread->mapping_bytes = bytes;
    thread->guard_bytes = guard_bytes;
    return thread;
}

} // namespace

Result<Thread*> allocate_thread(const StackRequest& request) {
    Thread* thread = nullptr;
    bool fresh = false;
    std::uint64_t bottom = 0;
    std::uint64_t top = 0;
    if (request.given != 0) {
        bottom = request.given;
        top = request.given + request.stack_bytes;
        if (request.stack_bytes < overhead_bytes() + kPage) {
            return Error{Errc::kInvalidArgument, "stack too small for thread-local storage"};
        }
        thread = place(top);
        thread->mapping = 0;
        thread->mapping_bytes = 0;
        thread->guard_bytes = 0;
    } else {
        const std::uint64_t guard = align_up(request.guard_bytes, kPage);
        const std::uint64_t bytes = align_up(request.stack_bytes + overhead_bytes(), kPage) + guard;
        if (bytes < request.stack_bytes) {
            return Error{Errc::kOutOfMemory, "stack size"};
        }
        thread = threads.with([=](Threads& all) { return all.take(bytes, guard); });
        if (thread == nullptr) {
            thread = TRY(map_thread(bytes, guard, request.core));
            fresh = true;
        }
        bottom = thread->mapping + guard;
        top = thread->mapping + bytes;
    }
    reset(*thread, top, bottom);
    thread->stack_size = request.stack_bytes;
    initialize_tls(*thread, fresh);
    threads.with([thread](Threads& all) { all.enter(*thread); });
    return thread;
}

void release_thread(Thread& thread) {
    threads.with([&thread](Threads& all) { all.leave(thread); });
}

void trim_stack_cache() {
    if (Thread* const surplus = threads.with([](Threads& all) { return all.take_surplus(); })) {
        static_cast<void>(mm::app::unmap(VirtAddr{surplus->mapping}, surplus->mapping_bytes));
    }
}

bool run_time_of(std::uint32_t id, std::uint64_t& nanoseconds) {
    return threads.with([id, &nanoseconds](Threads& all) {
        for (Thread& thread : all.live()) {
            if (thread.task.id == id) {
                nanoseconds = sched::run_time_ns(thread.task);
                return true;
            }
        }
        return false;
    });
}

std::uint64_t run_time_of_all() {
    return threads.with([](Threads& all) {
        std::uint64_t sum = all.ended_run_time_ns();
        for (Thread& thread : all.live()) {
            sum += sched::run_time_ns(thread.task);
        }
        return sum;
    });
}

void for_each_thread(void (*function)(Thread&, void*), void* argument) {
    threads.with([function, argument](Threads& all) {
        for (Thread& thread : all.live()) {
            function(thread, argument);
        }
    });
}

} // namespace hermit::glue
