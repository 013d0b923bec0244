// Policies and priorities. The threads of a priority take turns, but for those of SCHED_FIFO; a
// higher priority runs first.

#include "errors.hpp"
#include "threads/thread.hpp"

using namespace hermit;
using namespace hermit::glue;

namespace {

bool real_time(int policy) { return policy == SCHED_FIFO || policy == SCHED_RR; }
bool known(int policy) {
    return real_time(policy) || policy == SCHED_OTHER || policy == SCHED_BATCH ||
           policy == SCHED_IDLE;
}

int set(Thread& thread, int policy, int priority) {
    if (!is_valid_scheduling(policy, priority)) {
        return EINVAL;
    }
    thread.policy = policy;
    thread.task.takes_turns.store(takes_turns(policy), std::memory_order_relaxed);
    sched::set_priority(thread.task, kernel_priority(policy, priority));
    return 0;
}

int priority_of(const Thread& thread) {
    return real_time(thread.policy) ? thread.task.priority - sched::kDefaultPriority : 0;
}

bool names_caller(pid_t pid) {
    return pid == 0 || pid == 1 || static_cast<std::uint32_t>(pid) == current_thread().task.id;
}

} // namespace

bool hermit::glue::is_valid_scheduling(int policy, int priority) {
    return real_time(policy) ? priority >= kMinRealTime && priority <= kMaxRealTime
                             : known(policy) && priority == 0;
}

extern "C" {

[[gnu::weak]] int sched_get_priority_min(int policy) {
    return !known(policy) ? fail(EINVAL) : real_time(policy) ? kMinRealTime : 0;
}
[[gnu::weak]] int sched_get_priority_max(int policy) {
    return !known(policy) ? fail(EINVAL) : real_time(policy) ? kMaxRealTime : 0;
}

[[gnu::weak]] int pthread_getschedparam(pthread_t handle, int* policy, sched_param* param) {
    const Thread& thread = to_thread(handle);
    *policy = thread.policy;
    *param = sched_param{};
    param->sched_priority = priority_of(thread);
    return 0;
}
[[gnu::weak]] int pthread_setschedparam(pthread_t thread, int policy, const sched_param* param) {
    return set(to_thread(thread), policy, param->sched_priority);
}
[[gnu::weak]] int pthread_setschedprio(pthread_t handle, int priority) {
    Thread& thread = to_thread(handle);
    return set(thread, thread.policy, priority);
}

[[gnu::weak]] int sched_getparam(pid_t pid, sched_param* param) {
    if (!names_caller(pid)) {
        return fail(ESRCH);
    }
    *param = sched_param{};
    param->sched_priority = priority_of(current_thread());
    return 0;
}
[[gnu::weak]] int sched_getscheduler(pid_t pid) {
    return names_caller(pid) ? current_thread().policy : fail(ESRCH);
}
[[gnu::weak]] int sched_setscheduler(pid_t pid, int policy, const sched_param* param) {
    if (!names_caller(pid)) {
        return fail(ESRCH);
    }
    const int error = set(current_thread(), policy, param->sched_priority);
    return error == 0 ? 0 : fail(error);
}
[[gnu::weak]] int sched_setparam(pid_t pid, const sched_param* param) {
    return sched_setscheduler(pid, current_thread().policy, param);
}

[[gnu::weak]] int sched_rr_get_interval(pid_t pid, timespec* interval) {
    if (!names_caller(pid)) {
        return fail(ESRCH);
    }
    *interval = {.tv_sec = 0, .tv_nsec = 10'000'000}; // the scheduler's time slice
    return 0;
}

} // extern "C"
