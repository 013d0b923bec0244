#include "host_wait.hpp"

#include <sync/spin_lock.hpp>

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace hermit::sched {
namespace {

struct HostThread {
    HostThread() { task.owner = this; }
    Task task;
    std::mutex mutex;
    std::condition_variable wake;
    bool ready = false;
};

/// Whoever holds a lock, or is the next to, may not run for a while.
[[maybe_unused]] const bool shared = cores_are_shared = true;

HostThread& this_thread() {
    thread_local HostThread thread;
    return thread;
}

} // namespace

std::uint64_t host_now_ns() {
    return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

Task& host_task() { return this_thread().task; }

Task& waiting_task() { return host_task(); }

WakeReason block(Task&, std::uint64_t deadline_ns) {
    HostThread& self = this_thread();
    std::unique_lock lock{self.mutex};
    const auto ready = [&] { return self.ready; };
    if (deadline_ns != kForever) {
        const std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds{deadline_ns}};
        if (!self.wake.wait_until(lock, deadline, ready) &&
            claim(self.task, WakeReason::kTimedOut)) {
            return WakeReason::kTimedOut;
        }
    }
    self.wake.wait(lock, ready);
    self.ready = false;
    return reason_of(self.task.wait_state.load());
}

void make_ready(Task& task) {
    HostThread& thread = *static_cast<HostThread*>(task.owner);
    // Notified under the lock: the thread may end as soon as it is free.
    const std::lock_guard lock{thread.mutex};
    thread.ready = true;
    thread.wake.notify_one();
}

} // namespace hermit::sched
