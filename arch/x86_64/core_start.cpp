#include "running_cores.hpp"
#include "trampoline.hpp"

#include <arch/apic_registers.hpp>
#include <arch/clock_difference.hpp>
#include <arch/core.hpp>
#include <arch/core_setup.hpp>
#include <arch/cpu.hpp>
#include <arch/extended_state.hpp>
#include <arch/features.hpp>
#include <arch/interrupt_setup.hpp>
#include <arch/ledger.hpp>
#include <arch/local_apic.hpp>
#include <arch/power_states.hpp>
#include <arch/time.hpp>
#include <arch/upcalls.hpp>
#include <base/core_set.hpp>
#include <base/log.hpp>

#include <algorithm>
#include <atomic>

extern "C" char hermit_boot_stack_top[];

namespace hermit::arch {
namespace {

enum class State : std::uint8_t { kStarting, kArrived, kAbandoned };

constexpr unsigned kNotReleased = 0; // the boot core's number, which waits for nobody
constexpr std::uint64_t kLoaderStackBytes = 32 * kKiB; // entry.S

struct Core {
    std::uint32_t apic_id = 0;
    std::atomic<State> state{State::kStarting};
    std::atomic<unsigned> index{kNotReleased}; // set when the core may go on
    CoreResources resources{};
    ClockMarks clock{};
};

// The announced cores in order; number 0 is the boot core.
constinit Core cores[kMaxCores];
unsigned announced = 1;
constinit std::atomic<unsigned> late{0};
std::uint64_t boot_stacks[kMaxCores];

void wait_ns(std::uint64_t duration) {
    const std::uint64_t end = now_ns() + duration;
    while (now_ns() < end) {
        pause();
    }
}

bool is_starting(const Core& core) {
    return core.state.load(std::memory_order_acquire) == State::kStarting;
}

void send_startup(std::uint32_t apic_id) {
    ipi_counts.count(Ipi::kStartup);
    send_ipi(apic_id, apic::kDeliverStartup | apic::kAssert |
                          static_cast<std::uint32_t>(kTrampolinePage >> 12));
}

/// Numbers a core that has come and lets it go on, or closes the door for it.
void release(Core& core) {
    State expected = State::kStarting;
    if (core.state.compare_exchange_strong(expected, State::kAbandoned)) {
        log::warning("Core with APIC ID {} did not start in time and is left out", core.apic_id);
        return;
    }
    core.clock.seen = read_ordered_tsc();
    const unsigned index = add_running_core(core.apic_id, core.resources.per_core_storage);
    core.clock.released = read_ordered_tsc();
    core.index.store(index, std::memory_order_release);
}

/// Starts the cores, waits for them in turn and releases each at once. A core that waits for others
/// spins; a host with fewer processors than the machine has would spend its time on that, so a
/// virtual machine's cores start few at a time.
void start_and_release(std::uint64_t patience_ns) {
    constexpr std::uint64_t kBeforeSecondStartup = 2'000'000;
    constexpr unsigned kFew = 8;
    unsigned at_a_time = features().hypervisor ? kFew : announced;
    unsigned started = 1;
    unsigned repeated = 1; // the cores below have had the second signal, or needed none
    std::uint64_t deadline = now_ns() + patience_ns;
    for (unsigned i = 1; i < announced; ++i) {
        for (; started < announced && started < i + at_a_time; ++started) {
            send_startup(cores[started].apic_id);
        }
        const std::uint64_t start = now_ns();
        bool has_waited = false;
        while (is_starting(cores[i]) && now_ns() < deadline) {
            // To all at once: after a core that never comes, nobody is waited for long.
            if (repeated < started && now_ns() - start >= kBeforeSecondStartup) {
                for (repeated = std::max(repeated, i); repeated < started; ++repeated) {
                    if (is_starting(cores[repeated])) {
                        send_startup(cores[repeated].apic_id);
                    }
                }
            }
            has_waited = true;
            pause();
        }
        if (!is_starting(cores[i])) {
            deadline = has_waited ? now_ns() + patience_ns : deadline;
        } else if (started < announced) {
            // One is missing. The rest starts together, so that all others share one time-out.
            at_a_time = announced;
            deadline = now_ns() + patience_ns;
        }
        release(cores[i]);
    }
}

/// Nobody can be in time: closes the door, then lets them come.
void start_too_late() {
    for (unsigned i = 1; i < announced; ++i) {
        release(cores[i]);
    }
    for (unsigned i = 1; i < announced; ++i) {
        send_startup(cores[i].apic_id);
    }
}

} // namespace

MissingCores missing_cores() {
    return {announced - core_count(),
            late.load(std::memory_order_relaxed) + parked_in_trampoline()};
}

ClockComparison compare_clocks() {
    ClockComparison result;
    for (unsigned i = 1; i < announced; ++i) {
        const unsigned index = cores[i].index.load(std::memory_order_relaxed);
        if (index == kNotReleased) {
            continue;
        }
        const ClockMarks& marks = cores[i].clock;
        const std::int64_t difference = marks.certain_difference();
        const auto size = static_cast<std::uint64_t>(difference < 0 ? -difference : difference);
        if (difference != 0 && ticks_to_ns(size) >= result.difference_ns) {
            result.difference_ns = ticks_to_ns(size);
            result.core = index;
        }
        result.differing += difference != 0 ? 1 : 0;
        const std::uint64_t exactness_ns = ticks_to_ns(marks.uncertainty());
        result.exactness_ns =
            exactness_ns > result.exactness_ns ? exactness_ns : result.exactness_ns;
    }
    return result;
}

StackUse boot_stack_use(unsigned core) {
    if (core == 0) {
        return stack_use(reinterpret_cast<std::uint64_t>(hermit_boot_stack_top), kLoaderStackBytes);
    }
    for (unsigned i = 1; i < announced; ++i) {
        if (cores[i].index.load(std::memory_order_relaxed) == core) {
            return stack_use(cores[i].resources.boot_stack_top,
                             cores[i].resources.boot_stack_bytes);
        }
    }
    return {};
}

void add_core(std::uint32_t apic_id, const CoreResources& resources) {
    ASSERT(announced < kMaxCores);
    cores[announced].apic_id = apic_id;
    cores[announced].resources = resources;
    boot_stacks[announced - 1] = resources.boot_stack_top;
    ++announced;
}

namespace {

/// First C++ code of a further core: on a boot stack, without per-core storage.
[[noreturn]] void enter_core() {
    leave_trampoline();
    const std::uint32_t id = this_apic_id();
    Core* core = nullptr;
    for (unsigned i = 1; i < announced; ++i) {
        if (cores[i].apic_id == id) {
            core = &cores[i];
        }
    }
    const std::uint64_t arrived = read_ordered_tsc();
    State expected = State::kStarting;
    if (core == nullptr || !core->state.compare_exchange_strong(expected, State::kArrived)) {
        late.fetch_add(1, std::memory_order_relaxed);
        halt_forever(); // unknown, or too late
    }
    unsigned index;
    // Acquire pairs with the release in release(): the tables are written before.
    while ((index = core->index.load(std::memory_order_acquire)) == kNotReleased) {
        pause();
    }
    core->clock.resumed = read_ordered_tsc();
    core->clock.arrived = arrived;
    set_up_storage(core->resources.per_core_storage, index);
    load_descriptors(core->resources.interrupt_stacks);
    load_interrupt_table(core->resources.interrupt_stacks.top[0]);
    enable_extended_state();
    enable_write_combining();
    enable_apic();
    manage_power();
    begin_system_management_count();
    on_core_started(index);
}

} // namespace

void write_trampoline(void* page, void* state) {
    fill_trampoline(page, state, enter_core, boot_stacks, announced - 1);
}

unsigned start_cores(std::uint64_t patience_ns) {
    // [intel/vol3] §8.4.4.1: INIT, 10 ms (a virtual processor needs none), start-up, and once
    // more to those that need it. All cores get the first signal before the wait, which is paid
    // once.
    for (unsigned i = 1; i < announced; ++i) {
        ipi_counts.count(Ipi::kInit);
        send_ipi(cores[i].apic_id, apic::kDeliverInit | apic::kAssert | apic::kLevel);
    }
    wait_ns(features().hypervisor ? 10'000 : 10'000'000);
    if (patience_ns == 0) {
        start_too_late();
    } else {
        start_and_release(patience_ns);
    }
    return core_count();
}

} // namespace hermit::arch
