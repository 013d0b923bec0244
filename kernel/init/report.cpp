#include "report.hpp"

#include "boot_phases.hpp"
#include "console.hpp"
#include "stop.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/descriptors.hpp>
#include <arch/features.hpp>
#include <arch/ledger.hpp>
#include <arch/power.hpp>
#include <arch/time.hpp>
#include <base/format.hpp>
#include <libc-glue/application.hpp>
#include <mm/app_memory.hpp>
#include <mm/heap.hpp>
#include <sched/ledger.hpp>

#include <atomic>

extern "C" {
extern const unsigned char __build_id_start[];
extern const unsigned char __build_id_end[];
}

namespace hermit::init {

HERMIT_PER_CORE PerCoreCounts<FaultEnd> fault_ends;

namespace {

constexpr std::uint64_t kPatienceMs = 50;

bool is_wanted = false;
std::uint64_t wanted_since = 0;
std::uint64_t exit_tsc = 0;
unsigned unstopped_cores = 0;
void (*after_report)() = nullptr;
/// How far the reporting core had used its stacks before the report itself used them.
arch::StackUse own_stacks[1 + arch::kInterruptStacks];
constinit std::atomic<bool> has_begun{false};

/// One figure: a path of names, a blank, the value.
template <class... Arguments>
void tell(const char* format, const Arguments&... arguments) {
    TextBuffer<200> line;
    format_to(line, "HERMIT report ");
    format_to(line, format, arguments...);
    line.write("\n", 1);
    write_channel(has_control_channel() ? Channel::kControl : Channel::kLog, line.c_str(),
                  line.size());
}

/// Most of the figures that could be are zero, and are left out.
void tell_count(unsigned core, const char* group, const char* name, std::uint64_t value) {
    if (value != 0) {
        tell("cores.{}.{}.{} {}", core, group, name, value);
    }
}

// --- The image and the phases of the run ---------------------------------------------------------

void tell_build_id() {
    constexpr unsigned kHeaderBytes = 16; // sizes and type, then "GNU" with its zero
    if (__build_id_end - __build_id_start <= kHeaderBytes) {
        return;
    }
    TextBuffer<100> text;
    for (const unsigned char* byte = __build_id_start + kHeaderBytes; byte < __build_id_end;
         ++byte) {
        format_to(text, "{:02x}", *byte);
    }
    tell("build_id {}", text.c_str());
}

void tell_phases(std::uint64_t end_tsc) {
    const glue::ApplicationTimes& application = glue::application_times();
    const struct {
        const char* name;
        std::uint64_t start;
    } phases[] = {
        {"loader", phase_start(Phase::kLoader)},
        {"memory", phase_start(Phase::kMemory)},
        {"tables", phase_start(Phase::kFirmware)},
        {"time", phase_start(Phase::kTime)},
        {"thread", phase_start(Phase::kThread)},
        {"cores", phase_start(Phase::kCores)},
        {"files", phase_start(Phase::kFiles)},
        {"constructors", application.constructors_tsc},
        {"main", application.main_tsc},
        {"exit", application.returned_tsc},
    };
    tell("phases.firmware {}", phases[0].start);
    const char* name = nullptr;
    std::uint64_t start = 0;
    for (const auto& phase : phases) {
        if (phase.start == 0) {
            continue; // not reached, or main left by exit()
        }
        if (name != nullptr) {
            tell("phases.{} {}", name, phase.start - start);
        }
        name = phase.name;
        start = phase.start;
    }
    tell("phases.{} {}", name, end_tsc - start);
}

void tell_memory() {
    mm::app::Statistics memory{};
    mm::app::PeakUse peak{};
    std::uint64_t backed = 0;
    if (mm::app::statistics_at_the_end(memory, backed, peak)) {
        tell("memory.total {}", memory.total_bytes);
        tell("memory.used {}", memory.total_bytes - memory.free_bytes);
        tell("memory.used_peak {}", peak.frames);
        tell("memory.application_charged {}", memory.committed_bytes);
        tell("memory.application_charged_peak {}", peak.charged);
        tell("memory.application_touched {}", backed);
        tell("memory.application_touched_peak {}", peak.backed);
    }
    mm::HeapUse heap{};
    if (mm::heap_use_at_the_end(heap)) {
        tell("memory.kernel_heap {}", heap.bytes);
        tell("memory.kernel_heap_peak {}", heap.peak_bytes);
    }
}

// --- One core ------------------------------------------------------------------------------------

void tell_interrupts(unsigned core, std::uintptr_t distance) {
    for (unsigned vector = 0; vector < 256; ++vector) {
        if (const std::uint64_t count = arch::interrupt_counts.on(distance, vector)) {
            tell("cores.{}.interrupts.{} {}", core, vector, count);
        }
    }
    using sched::TimerCause;
    const auto timer = [=](const char* name, TimerCause cause) {
        tell_count(core, "timer", name, sched::timer_counts.on(distance, cause));
    };
    timer("deadline", TimerCause::kDeadline);
    timer("slice", TimerCause::kSlice);
    timer("nothing", TimerCause::kNothing);
}

/// Every page fault is one of those under `faults`; where a thread moves to another core while it
/// clears a page, it is that one's.
void tell_faults(unsigned core, std::uintptr_t distance) {
    const mm::app::FaultCounts counts = mm::app::fault_counts_of(core);
    tell_count(core, "faults", "demand_4k", counts.small - counts.ahead_small);
    tell_count(core, "faults", "demand_2m", counts.large - counts.ahead_large);
    tell_count(core, "faults", "already_there", counts.already_there);
    tell_count(core, "faults", "waited", counts.waited);
    tell_count(core, "faults", "lost", counts.lost);
    tell_count(core, "faults", "nested_function", fault_ends.on(distance, FaultEnd::kTrampoline));
    tell_count(core, "faults", "fatal", fault_ends.on(distance, FaultEnd::kFatal));
    tell_count(core, "backed_ahead", "4k", counts.ahead_small);
    tell_count(core, "backed_ahead", "2m", counts.ahead_large);
}

void tell_ipis(unsigned core, std::uintptr_t distance) {
    using arch::Ipi;
    const auto sent = [=](const char* name, Ipi cause) {
        tell_count(core, "ipis", name, arch::ipi_counts.on(distance, cause));
    };
    sent("wake_up", Ipi::kReschedule);
    sent("tlb_flush", Ipi::kFlush);
    sent("stop", Ipi::kStop);
    sent("nmi", Ipi::kNmi);
    sent("init", Ipi::kInit);
    sent("startup", Ipi::kStartup);
}

void tell_switches(unsigned core) {
    const arch::SwitchCounts counts = arch::switch_counts(core);
    tell("cores.{}.switches.voluntary {}", core, counts.all - counts.preemptive);
    tell("cores.{}.switches.preemptive {}", core, counts.preemptive);
}

void tell_ticks(unsigned core, std::uintptr_t distance, std::uint64_t end_tsc) {
    const std::uint64_t stopped = arch::stopped_at(core);
    const std::uint64_t end = stopped != 0 ? stopped : end_tsc;
    const sched::IdleTimes idle = sched::idle_times(core, end);
    const arch::InterruptTicks& interrupts = arch::interrupt_ticks.on(distance);
    const std::uint64_t total = end - (core == 0 ? wanted_since : idle.started_tsc);
    const std::uint64_t interrupts_in_threads = interrupts.sum - idle.interrupts_in_rests;
    tell("cores.{}.ticks.total {}", core, total);
    tell("cores.{}.ticks.threads {}", core, total - idle.idle_task - interrupts_in_threads);
    tell("cores.{}.ticks.scheduler {}", core,
         idle.idle_task - idle.halted - idle.polling - idle.interrupts_in_rests);
    tell("cores.{}.ticks.halted {}", core, idle.halted);
    tell("cores.{}.ticks.polling {}", core, idle.polling);
    using arch::InterruptKind;
    const auto kind = [&](const char* name, InterruptKind which) {
        tell("cores.{}.ticks.{} {}", core, name, interrupts.by_kind[static_cast<unsigned>(which)]);
    };
    kind("page_faults", InterruptKind::kPageFault);
    kind("timer", InterruptKind::kTimer);
    kind("wake_up", InterruptKind::kReschedule);
    kind("tlb_flush", InterruptKind::kFlush);
    kind("other_interrupts", InterruptKind::kOther);
    tell("cores.{}.halts {}", core, idle.halts);
    tell("cores.{}.polls {}", core, idle.polls);
}

/// Number 0 is the boot stack, the others follow in the order of InterruptStack.
arch::StackUse stack_use_of(unsigned core, unsigned number) {
    return number == 0 ? arch::boot_stack_use(core) : arch::interrupt_stack_use(core, number - 1);
}

void note_own_stacks() {
    for (unsigned number = 0; number < 1 + arch::kInterruptStacks; ++number) {
        own_stacks[number] = stack_use_of(arch::this_core(), number);
    }
}

void tell_stacks(unsigned core) {
    static constexpr const char* kNames[1 + arch::kInterruptStacks] = {
        "boot", "interrupt", "page_fault", "exception", "nmi", "double_fault", "machine_check"};
    const bool is_own = core == arch::this_core() && own_stacks[0].bytes != 0;
    for (unsigned number = 0; number < 1 + arch::kInterruptStacks; ++number) {
        const arch::StackUse use = is_own ? own_stacks[number] : stack_use_of(core, number);
        tell("cores.{}.stacks.{}.used {}", core, kNames[number], use.used);
        tell("cores.{}.stacks.{}.bytes {}", core, kNames[number], use.bytes);
    }
}

void tell_core(unsigned core, std::uint64_t end_tsc) {
    const std::uintptr_t distance = per_core_distance_of(core);
    tell_ticks(core, distance, end_tsc);
    tell_interrupts(core, distance);
    tell_faults(core, distance);
    tell_ipis(core, distance);
    tell_switches(core);
    if (arch::system_management_is_counted(core)) {
        tell("cores.{}.smi {}", core, arch::system_management_interrupts(core));
    }
    tell_stacks(core);
}

} // namespace

void want_report() {
    is_wanted = true;
    wanted_since = arch::read_tsc();
    arch::start_measuring();
}

bool report_is_wanted() { return is_wanted; }

void write_report(std::uint64_t end_tsc) {
    tell("format 1");
    tell_build_id();
    tell("tsc_khz {}", arch::tsc_khz());
    tell("smi_counted {}", arch::system_management_is_counted(0) ? 1 : 0);
    tell("cores_not_stopped {}", unstopped_cores);
    tell_phases(end_tsc);
    tell_memory();
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        tell_core(core, end_tsc);
    }
    glue::for_each_missing_call([](const char* name) { tell("not_implemented.{} 1", name); });
}

void report_and_end() {
    claim_end();
    stop_other_cores(kPatienceMs);
    write_report(arch::read_tsc());
    static constexpr char kEnd[] = "HERMIT end\n";
    write_channel(Channel::kControl, kEnd, sizeof(kEnd) - 1);
    arch::power_off(exit_port());
}

void report_at_exit(void (*next)()) {
    arch::disable_interrupts();
    if (has_begun.exchange(true, std::memory_order_relaxed)) {
        for (;;) {
            arch::enable_and_halt(); // two threads have ended the program: this one is stopped
        }
    }
    exit_tsc = arch::read_tsc();
    note_own_stacks();
    after_report = next;
    arch::continue_on_interrupt_stack([] {
        unstopped_cores = arch::stop_other_cores();
        claim_end();
        if (unstopped_cores != 0) {
            stop_other_cores(kPatienceMs);
        }
        write_report(exit_tsc);
        after_report();
    });
}

} // namespace hermit::init
