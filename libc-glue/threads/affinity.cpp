// On which cores threads may run.

#include "errors.hpp"
#include "threads/thread.hpp"

#include <arch/core.hpp>
#include <mm/memory.hpp>

using namespace hermit;
using namespace hermit::glue;

namespace {

int get(Thread& thread, size_t size, cpu_set_t* set) {
    if (size * 8 < sched::ready_cores()) {
        return EINVAL;
    }
    CPU_ZERO_S(size, set);
    const CoreSet cores = sched::affinity(thread.task);
    for (unsigned core = cores.first_from(0); core < kMaxCores; core = cores.first_from(core + 1)) {
        CPU_SET_S(core, size, set);
    }
    return 0;
}

int set(Thread& thread, size_t size, const cpu_set_t* wanted) {
    CoreSet cores;
    for (unsigned core = 0; core < sched::ready_cores(); ++core) {
        if (CPU_ISSET_S(core, size, wanted)) {
            cores.add(core);
        }
    }
    return !cores.empty() && sched::set_affinity(thread.task, cores) ? 0 : EINVAL;
}

/// 0, or −1 with `errno` set.
int report(int error) { return error == 0 ? 0 : fail(error); }

/// The calling thread if `pid` names it or the program. A number of another thread: null (ESRCH).
Thread* thread_named(pid_t pid) {
    Thread& self = current_thread();
    return pid <= 1 || static_cast<std::uint32_t>(pid) == self.task.id ? &self : nullptr;
}

} // namespace

extern "C" {

[[gnu::weak]] int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t* cores) {
    return get(to_thread(thread), size, cores);
}
[[gnu::weak]] int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t* cores) {
    return set(to_thread(thread), size, cores);
}

[[gnu::weak]] int sched_getaffinity(pid_t pid, size_t size, cpu_set_t* cores) {
    Thread* const thread = thread_named(pid);
    return thread == nullptr ? fail(ESRCH) : report(get(*thread, size, cores));
}
[[gnu::weak]] int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t* cores) {
    Thread* const thread = thread_named(pid);
    return thread == nullptr ? fail(ESRCH) : report(set(*thread, size, cores));
}

[[gnu::weak]] int sched_getcpu(void) { return static_cast<int>(arch::this_core()); }

[[gnu::weak]] int getcpu(unsigned* cpu, unsigned* node) {
    if (cpu != nullptr) {
        *cpu = arch::this_core();
    }
    if (node != nullptr) {
        *node = mm::preferred_node();
    }
    return 0;
}

} // extern "C"
