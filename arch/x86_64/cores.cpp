#include <arch/core_setup.hpp>

#include <arch/apic_registers.hpp>
#include <arch/caches.hpp>
#include <arch/clock_difference.hpp>
#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/extended_state.hpp>
#include <arch/features.hpp>
#include <arch/interrupt_setup.hpp>
#include <arch/interrupts.hpp>
#include <arch/ledger.hpp>
#include <arch/local_apic.hpp>
#include <arch/power_states.hpp>
#include <arch/registers.hpp>
#include <arch/time.hpp>
#include <arch/topology.hpp>
#include <arch/upcalls.hpp>
#include <base/address.hpp>
#include <base/core_set.hpp>
#include <base/log.hpp>
#include <base/memory.hpp>

#include <algorithm>
#include <atomic>

extern "C" {
extern char __percore_start[];
extern char __percore_end[];
extern char __core0_percore_start[];
extern const char hermit_trampoline_start[];
extern const char hermit_trampoline_end[];
extern bool hermit_has_fsgsbase;
extern bool hermit_has_fast_strings;
extern bool hermit_switch_is_plain;
extern char hermit_boot_stack_top[];

/// What the trampoline reads; the real-mode part finds a copy in its page, see trampoline.S.
struct TrampolineData {
    std::uint64_t root_table;
    std::uint64_t entry;
    std::uint64_t stacks;  // array of stack tops
    std::uint64_t tickets; // counter of cores that came
    std::uint64_t count;   // of stacks
};
extern const TrampolineData hermit_trampoline_data;
}

namespace hermit {

HERMIT_PER_CORE PerCore<std::uintptr_t> per_core_distance;

namespace arch {

HERMIT_PER_CORE PerCore<unsigned> this_core_index;

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
constinit std::atomic<std::uint32_t> tickets{0};
constinit std::atomic<unsigned> late{0};
const firmware::Machine* described = nullptr;
std::uint64_t boot_stacks[kMaxCores];

// By dense index, for the running cores.
std::uint32_t apic_id_of[kMaxCores];
TopologyShifts topology; // the boot core's word, which holds for the others too
std::uintptr_t distance_of[kMaxCores];
unsigned running = 1;

/// Interrupt stacks of the boot core, needed before there is a memory manager.
alignas(16) char boot_interrupt_stacks[kInterruptStacks][kInterruptStackBytes];

/// The GS base with which per-core variables are found in `block`.
std::uintptr_t distance_to(const void* block) {
    return reinterpret_cast<std::uintptr_t>(block) -
           reinterpret_cast<std::uintptr_t>(__percore_start);
}

/// Entry 1 of the page attribute table, which a page with PWT alone selects and which is
/// write-through after a reset, becomes write-combining; the others stay. No page selected it
/// before. Every processor with 64-bit mode has the table. [intel/vol3] §12.12.
void enable_write_combining() {
    constexpr std::uint64_t kWriteCombining = 1;
    constexpr unsigned kEntry = 8; // bits
    const std::uint64_t others = read_msr(msr::kPAT) & ~(std::uint64_t{0xFF} << kEntry);
    write_msr(msr::kPAT, others | kWriteCombining << kEntry);
}

void set_up_storage(void* block, unsigned index) {
    hermit_memcpy(block, __percore_start, per_core_bytes());
    const std::uintptr_t distance = distance_to(block);
    write_msr(msr::kGS_BASE, distance);
    per_core_distance.set(distance);
    this_core_index.set(index);
    distance_of[index] = distance;
}

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
    const unsigned index = running++;
    apic_id_of[index] = core.apic_id;
    distance_of[index] = distance_to(core.resources.per_core_storage);
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

std::size_t per_core_bytes() {
    return align_up(static_cast<std::size_t>(__percore_end - __percore_start), 64);
}

void set_up_boot_core() {
    detect_features();
    set_up_storage(__core0_percore_start, 0);
    InterruptStackTops stacks;
    for (unsigned i = 0; i < kInterruptStacks; ++i) {
        stacks.top[i] = reinterpret_cast<std::uint64_t>(boot_interrupt_stacks[i + 1]);
    }
    load_descriptors(stacks);
    initialize_interrupt_table();
    load_interrupt_table(stacks.top[0]);
    enable_extended_state();
    enable_write_combining();
    hermit_has_fast_strings = features().fast_strings;
    hermit_has_fsgsbase = hermit_switch_is_plain = features().fsgsbase;
    begin_system_management_count();
    topology = read_topology(cpuid);
    apic_id_of[0] = cores[0].apic_id = this_apic_id();
}

unsigned core_count() { return running; }

MissingCores missing_cores() { return {announced - running, late.load(std::memory_order_relaxed)}; }

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

void describe_machine(const firmware::Machine& machine) { described = &machine; }

const firmware::Machine& machine() { return *described; }

std::uint32_t apic_id_of_core(unsigned core) { return apic_id_of[core]; }

Caches caches() { return read_caches(cpuid, topology); }

CorePlace place_of_core(unsigned core) { return place_of(topology, apic_id_of[core]); }

void send_reschedule(unsigned core) {
    ipi_counts.count(Ipi::kReschedule);
    send_ipi(apic_id_of[core], apic::kDeliverFixed | apic::kAssert | vector::kReschedule);
}

void send_flush(unsigned core) {
    ipi_counts.count(Ipi::kFlush);
    send_ipi(apic_id_of[core], apic::kDeliverFixed | apic::kAssert | vector::kFlush);
}

void send_halt(unsigned core) {
    ipi_counts.count(Ipi::kStop);
    send_ipi(apic_id_of[core], apic::kDeliverFixed | apic::kAssert | vector::kStop);
}

void send_stop(unsigned core) {
    ipi_counts.count(Ipi::kNmi);
    send_ipi(apic_id_of[core], apic::kDeliverNmi | apic::kAssert);
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

unsigned start_cores(void* trampoline, std::uint64_t patience_ns) {
    if (announced == 1) {
        return 1;
    }
    const auto bytes = static_cast<std::size_t>(hermit_trampoline_end - hermit_trampoline_start);
    hermit_memcpy(trampoline, hermit_trampoline_start, bytes);
    const auto offset =
        reinterpret_cast<const char*>(&hermit_trampoline_data) - hermit_trampoline_start;
    ASSERT(read_cr3() < 4 * kGiB);
    *reinterpret_cast<TrampolineData*>(static_cast<char*>(trampoline) + offset) = {
        .root_table = read_cr3(),
        .entry = reinterpret_cast<std::uint64_t>(&enter_core),
        .stacks = reinterpret_cast<std::uint64_t>(boot_stacks),
        .tickets = reinterpret_cast<std::uint64_t>(&tickets),
        .count = announced - 1,
    };

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
    return running;
}

} // namespace arch

std::uintptr_t per_core_distance_of(unsigned core) { return arch::distance_of[core]; }

} // namespace hermit
