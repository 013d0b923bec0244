// What the system is: its name, its size, its use of processor and memory.

#include "errors.hpp"
#include "threads/stack_cache.hpp"
#include "time/deadline.hpp"

#include <arch/time.hpp>
#include <mm/app_memory.hpp>

#include <cstring>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace hermit;
using namespace hermit::glue;

namespace {

constexpr char kHostName[] = "hermit";
constexpr long kPage = 4096;

timeval to_timeval(std::uint64_t nanoseconds) {
    return {.tv_sec = static_cast<time_t>(nanoseconds / kNanosecondsPerSecond),
            .tv_usec = static_cast<suseconds_t>(nanoseconds % kNanosecondsPerSecond / 1000)};
}

} // namespace

extern "C" {

[[gnu::weak]] int uname(utsname* name) {
    *name = {};
    std::strcpy(name->sysname, "Hermitage");
    std::strcpy(name->nodename, kHostName);
    std::strcpy(name->release, HERMIT_VERSION);
    std::strcpy(name->version, "library operating system");
    std::strcpy(name->machine, "x86_64");
    return 0;
}

[[gnu::weak]] int gethostname(char* name, size_t size) {
    if (size < sizeof kHostName) {
        return fail(ENAMETOOLONG);
    }
    std::memcpy(name, kHostName, sizeof kHostName);
    return 0;
}

[[gnu::weak]] int getpagesize(void) { return kPage; }
[[gnu::weak]] int getdtablesize(void) { return static_cast<int>(sysconf(_SC_OPEN_MAX)); }
[[gnu::weak]] int get_nprocs(void) { return static_cast<int>(sched::ready_cores()); }
[[gnu::weak]] int get_nprocs_conf(void) { return static_cast<int>(sched::ready_cores()); }
[[gnu::weak]] long get_phys_pages(void) {
    return static_cast<long>(mm::app::statistics().total_bytes / kPage);
}
[[gnu::weak]] long get_avphys_pages(void) {
    return static_cast<long>(mm::app::statistics().free_bytes / kPage);
}

[[gnu::weak]] int sysinfo(struct sysinfo* info) {
    const mm::app::Statistics memory = mm::app::statistics();
    *info = {};
    info->uptime = static_cast<long>(arch::now_ns() / kNanosecondsPerSecond);
    info->totalram = memory.total_bytes;
    info->freeram = memory.free_bytes;
    info->procs = 1;
    info->mem_unit = 1;
    return 0;
}

[[gnu::weak]] int getrusage(int who, rusage* usage) {
    *usage = {};
    switch (who) {
    case RUSAGE_SELF: {
        const mm::app::Statistics memory = mm::app::statistics();
        usage->ru_utime = to_timeval(run_time_of_all());
        usage->ru_maxrss = static_cast<long>((memory.total_bytes - memory.free_bytes) / kKiB);
        usage->ru_minflt = static_cast<long>(memory.faults_4k + memory.faults_2m);
        return 0;
    }
    case RUSAGE_THREAD:
        usage->ru_utime = to_timeval(sched::run_time_ns(current_thread().task));
        return 0;
    case RUSAGE_CHILDREN:
        return 0;
    default:
        return fail(EINVAL);
    }
}

} // extern "C"
