#include <arch/ledger.hpp>

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/descriptors.hpp>
#include <arch/features.hpp>
#include <arch/optional_msr.hpp>
#include <arch/registers.hpp>
#include <arch/time.hpp>

#include <atomic>

namespace hermit::arch {

extern "C" {
/// Counted by hermit_resume_context, and only when measuring.
HERMIT_PER_CORE PerCore<std::uint64_t> hermit_switches;
extern bool hermit_switch_is_plain;
}

HERMIT_PER_CORE PerCoreCounts<std::uint64_t, 256> interrupt_counts;
HERMIT_PER_CORE PerCoreCounts<Ipi> ipi_counts;
HERMIT_PER_CORE PerCore<std::uint64_t> preemptions;
HERMIT_PER_CORE PerCore<InterruptTicks> interrupt_ticks;

namespace {

struct SystemManagement {
    bool is_counted = false;
    std::uint32_t first = 0;
    std::uint32_t latest = 0;
};
HERMIT_PER_CORE PerCore<SystemManagement> system_management;

struct Stop {
    std::atomic<std::uint64_t> at{0};
};
HERMIT_PER_CORE PerCore<Stop> stops;

void update_system_management_count() {
    SystemManagement& own = system_management.local();
    if (own.is_counted) {
        own.latest = static_cast<std::uint32_t>(read_msr(msr::kSMI_COUNT));
    }
}

Stop& stop_of(unsigned core) { return stops.on(per_core_distance_of(core)); }

} // namespace

SwitchCounts switch_counts(unsigned core) {
    const std::uintptr_t distance = per_core_distance_of(core);
    return {hermit_switches.on(distance), preemptions.on(distance)};
}

void start_measuring() {
    is_measuring = true;
    hermit_switch_is_plain = false;
}

void stop_here() {
    update_system_management_count();
    // Release: whoever sees that this core has stopped sees all its counts.
    stops.local().at.store(read_tsc(), std::memory_order_release);
    halt_forever();
}

unsigned stop_other_cores() {
    const unsigned self = this_core();
    for (unsigned core = 0; core < core_count(); ++core) {
        if (core != self) {
            send_halt(core);
        }
    }
    const std::uint64_t patience_ns = features().hypervisor ? 10'000'000'000 : 1'000'000'000;
    const std::uint64_t end = now_ns() + patience_ns;
    unsigned missing = 0;
    for (unsigned core = 0; core < core_count(); ++core) {
        while (core != self && stopped_at(core) == 0) {
            if (now_ns() > end) {
                ++missing;
                break;
            }
            pause();
        }
    }
    return missing;
}

std::uint64_t stopped_at(unsigned core) {
    return stop_of(core).at.load(std::memory_order_acquire); // pairs with stop_here()
}

void begin_system_management_count() {
    SystemManagement& own = system_management.local();
    if (!features().smi_count) {
        return;
    }
    if (auto count = read_optional_msr(msr::kSMI_COUNT)) {
        own.is_counted = true;
        own.first = own.latest = static_cast<std::uint32_t>(*count);
    }
}

bool system_management_is_counted(unsigned core) {
    return system_management.on(per_core_distance_of(core)).is_counted;
}

std::uint64_t system_management_interrupts(unsigned core) {
    if (core == this_core()) {
        update_system_management_count();
    }
    const SystemManagement& counts = system_management.on(per_core_distance_of(core));
    return counts.latest - counts.first;
}

StackUse stack_use(std::uint64_t top, std::uint64_t bytes) {
    const auto* const end = reinterpret_cast<const std::uint64_t*>(top);
    const std::uint64_t* deepest = end - bytes / sizeof(std::uint64_t);
    while (deepest != end && *deepest == 0) {
        ++deepest;
    }
    return {bytes, static_cast<std::uint64_t>(end - deepest) * sizeof(std::uint64_t)};
}

StackUse interrupt_stack_use(unsigned core, unsigned stack) {
    return stack_use(interrupt_stacks_of(core).top[stack], kInterruptStackBytes);
}

void continue_on_interrupt_stack(void (*function)()) {
    asm volatile("movq %%gs:hermit_interrupt_stack_top(%%rip), %%rsp\n\t"
                 "xorl %%ebp, %%ebp\n\t"
                 "pushq $0\n\t" // ends backtraces
                 "jmp *%0"
                 :
                 : "r"(function)
                 : "memory");
    __builtin_unreachable();
}

} // namespace hermit::arch
