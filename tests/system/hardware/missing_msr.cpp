// Reads and writes model-specific registers that are there and such that are missing, on each core.
#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/optional_msr.hpp>

#include <cstdio>
#include <pthread.h>
#include <sched.h>
#include <thread>

using namespace hermit;

namespace {

constexpr std::uint32_t kEfer = 0xC000'0080;
constexpr std::uint32_t kKernelGsBase = 0xC000'0102; // the kernel does not use it
constexpr std::uint32_t kX2ApicVersion = 0x803;
constexpr std::uint32_t kX2ApicTaskPriority = 0x808;
constexpr std::uint64_t kPattern = 0x0000'7654'89AB'CDEF;

bool check() {
    const auto efer = arch::read_optional_msr(kEfer);
    const auto written = arch::write_optional_msr(kKernelGsBase, kPattern);
    auto read = arch::read_optional_msr(kKernelGsBase);
    auto found = arch::read_optional_msr(kEfer);
    const bool there =
        efer && written && read && *read == kPattern && found && *found == arch::read_msr(kEfer);
    const bool missing = !arch::read_optional_msr(kX2ApicVersion) &&
                         !arch::write_optional_msr(kX2ApicTaskPriority, 0);
    if (!there || !missing) {
        std::printf("core %u: %s\n", arch::this_core(),
                    there ? "a missing register is there" : "a register is missing");
    }
    return there && missing;
}

bool check_on(unsigned core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(core, &set);
    bool passed = false;
    std::thread thread{[&] {
        passed = pthread_setaffinity_np(pthread_self(), sizeof(set), &set) == 0 &&
                 arch::this_core() == core && check();
    }};
    thread.join();
    return passed;
}

} // namespace

int main() {
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        if (!check_on(core)) {
            std::printf("core %u failed\n", core);
            return 1;
        }
    }
    std::puts("ok");
}
