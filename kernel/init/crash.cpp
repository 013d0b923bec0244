#include "crash.hpp"

#include "backtrace.hpp"
#include "console.hpp"
#include "report.hpp"
#include "stop.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/descriptors.hpp>
#include <arch/power.hpp>
#include <base/assert.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>
#include <mm/memory.hpp>
#include <sched/scheduler.hpp>
#include <unwind/capture.hpp>

#include <atomic>

namespace hermit {
namespace init {
namespace {

/// Of the report itself, before the machine is ended without it.
constexpr unsigned kMostFaults = 10;

/// What is to be reported. Static: a fault on the way may overwrite the stack that it came on.
struct Report {
    TextBuffer<400> text;
    unwind::Registers registers;
    std::uint64_t flags = 0;
    std::uint64_t error_code = 0;
    std::optional<VirtAddr> accessed;
    const char* joint = " "; // between the two
    TextBuffer<120> thread;
    bool is_told = false; // the first line
    bool has_begun = false;
    unsigned next_step = 0;
    unsigned next_core = 0;
    unsigned faults = 0; // of the report itself
};
constinit Report the_report;

/// One line for whoever reads the control channel, and for the log, which is the console where
/// there is no such channel.
template <class... Arguments>
void tell(const char* format, const Arguments&... arguments) {
    TextBuffer<480> line;
    format_to(line, format, arguments...);
    log::error("{}", line.c_str());
    if (has_control_channel()) {
        TextBuffer<500> record;
        format_to(record, "HERMIT crash {}\n", line.c_str());
        write_channel(Channel::kControl, record.c_str(), record.size());
    }
}

void tell_frame(unsigned number, VirtAddr address, const char* place) {
    log::error("  #{:<3} {} {}", number, address, place);
    if (has_control_channel()) {
        TextBuffer<240> record;
        format_to(record, "HERMIT frame {} {}\n", address, place);
        write_channel(Channel::kControl, record.c_str(), record.size());
    }
}

/// "in thread 3 (name) on core 1", or the core alone during boot.
template <std::size_t kCapacity>
void describe_thread(TextBuffer<kCapacity>& text, unsigned core) {
    const sched::Task* const task = sched::current_task.on(per_core_distance_of(core));
    if (task == nullptr) {
        format_to(text, "at boot on core {}", core);
    } else if (task->idle) {
        format_to(text, "in the idle task of core {}", core);
    } else {
        format_to(text, "in thread {}{}{}{} on core {}", task->id,
                  task->name[0] != '\0' ? " (" : "", task->name, task->name[0] != '\0' ? ")" : "",
                  core);
    }
}

// The steps of a report, in this order. If one of them faults, the next one follows.

void stop_others() {
    constexpr std::uint64_t kPatienceMs = 1000; // a host may run a core only now and then
    stop_other_cores(kPatienceMs);
}

void find_thread() { describe_thread(the_report.thread, arch::this_core()); }

void tell_what() {
    if (!the_report.is_told) {
        the_report.is_told = true;
        const char* const thread = the_report.thread.c_str();
        tell("{}{}{}", the_report.text.c_str(), *thread != '\0' ? the_report.joint : "", thread);
    }
}

void tell_accessed() {
    if (the_report.accessed) {
        TextBuffer<300> text;
        mm::describe(*the_report.accessed, text);
        tell("  {} {}", *the_report.accessed, text.c_str());
    }
}

void tell_backtrace() { walk_stack(the_report.registers, tell_frame); }

void tell_registers() {
    using R = unwind::Register;
    const unwind::Registers& r = the_report.registers;
    tell("  rax {:016x} rbx {:016x} rcx {:016x} rdx {:016x}", r[R::rax], r[R::rbx], r[R::rcx],
         r[R::rdx]);
    tell("  rsi {:016x} rdi {:016x} rbp {:016x} rsp {:016x}", r[R::rsi], r[R::rdi], r[R::rbp],
         r[R::rsp]);
    tell("  r8  {:016x} r9  {:016x} r10 {:016x} r11 {:016x}", r[R::r8], r[R::r9], r[R::r10],
         r[R::r11]);
    tell("  r12 {:016x} r13 {:016x} r14 {:016x} r15 {:016x}", r[R::r12], r[R::r13], r[R::r14],
         r[R::r15]);
    tell("  rip {:016x} rflags {:08x} error code {:x}", r[R::rip], the_report.flags,
         the_report.error_code);
}

void tell_other_core(unsigned core) {
    const arch::InterruptFrame* const frame = where_stopped(core);
    if (frame == nullptr) {
        tell("Core {} does not answer", core);
        return;
    }
    const sched::Task* const task = sched::current_task.on(per_core_distance_of(core));
    if (task != nullptr && task->idle) {
        tell("Core {} is idle", core);
        return;
    }
    TextBuffer<120> thread;
    describe_thread(thread, core);
    tell("Meanwhile {}:", thread.c_str());
    walk_stack(registers_of(*frame), tell_frame);
}

void tell_next_core() {
    if (the_report.next_core == arch::core_count()) {
        return;
    }
    --the_report.next_step; // once more for the next one, even if there is a fault in this one
    if (const unsigned core = the_report.next_core++; core != arch::this_core()) {
        tell_other_core(core);
    }
}

void tell_costs() {
    if (report_is_wanted()) {
        write_report(arch::read_tsc());
    }
}

constexpr void (*kSteps[])() = {stop_others,    find_thread,    tell_what,      tell_accessed,
                                tell_backtrace, tell_registers, tell_next_core, tell_costs};
constexpr unsigned kStepCount = sizeof(kSteps) / sizeof(kSteps[0]);

[[noreturn]] void go_on() {
    while (the_report.next_step < kStepCount) {
        kSteps[the_report.next_step++]();
    }
    if (has_control_channel()) {
        static constexpr char kEnd[] = "HERMIT end\n";
        write_channel(Channel::kControl, kEnd, sizeof(kEnd) - 1);
    }
    arch::power_off(exit_port());
}

/// A fault of the report itself: says so and goes on behind the step that failed.
[[noreturn]] void report_own_fault(const char* text, const unwind::Registers& registers) {
    if (++the_report.faults > kMostFaults) {
        arch::power_off(exit_port());
    }
    tell_what();
    tell("While this was reported: {} at {}", text, VirtAddr{registers[unwind::Register::rip]});
    go_on();
}

void begin_report(const char* text, const unwind::Registers& registers) {
    claim_end();
    if (the_report.has_begun) {
        report_own_fault(text, registers);
    }
    the_report.has_begun = true;
    format_to(the_report.text, "{}", text);
    the_report.registers = registers;
}

} // namespace

void crash(const arch::InterruptFrame& frame, const char* text, std::optional<VirtAddr> accessed) {
    begin_report(text, registers_of(frame));
    the_report.joint = ", ";
    the_report.flags = frame.rflags;
    the_report.error_code = frame.error_code;
    the_report.accessed = accessed;
    go_on();
}

bool is_reporting() { return the_report.has_begun && is_ending_here(); }

} // namespace init

namespace {

struct Panic {
    TextBuffer<400> text;
    unwind::Registers registers;
    std::uint64_t flags;
};

[[noreturn]] void report_panic(void* argument) {
    const auto& what = *static_cast<const Panic*>(argument);
    init::begin_report(what.text.c_str(), what.registers);
    init::the_report.flags = what.flags;
    init::go_on();
}

} // namespace

void panic_arguments(const char* format, const FormatArgument* arguments, std::size_t count) {
    Panic what;
    what.flags = arch::read_flags();
    arch::disable_interrupts();
    unwind::capture(what.registers);
    format_arguments(what.text, format, arguments, count);
    // A thread's stack is backed on first touch, and while a crash is reported nothing is.
    arch::call_on_exception_stack(report_panic, &what);
}

void assertion_failed(const char* expression, const char* file, int line) {
    panic("Assertion failed: {} ({}:{})", expression, file, line);
}

} // namespace hermit
