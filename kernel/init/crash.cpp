#include "crash.hpp"

#include "console.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/power.hpp>
#include <base/assert.hpp>
#include <base/log.hpp>
#include <base/panic.hpp>
#include <mm/memory.hpp>
#include <sched/scheduler.hpp>
#include <unwind/capture.hpp>
#include <unwind/unwinder.hpp>

#include <atomic>

extern "C" {
extern const char __eh_frame_hdr_start[];
extern const char __eh_frame_hdr_end[];
extern const char __eh_frame_start[];
extern const char __eh_frame_end[];
}

namespace hermit {
namespace init {
namespace {

constexpr unsigned kNobody = ~0u;
constinit std::atomic<unsigned> reporting_core{kNobody};

/// Memory as the unwinder may read it: what is mapped.
struct MappedMemory {
    bool read(std::uint64_t address, std::uint64_t& value) {
        if (!mm::is_readable(VirtAddr{address}) || !mm::is_readable(VirtAddr{address + 7})) {
            return false;
        }
        __builtin_memcpy(&value, reinterpret_cast<const void*>(address), sizeof(value));
        return true;
    }
};

/// Makes this core the only one that goes on. A second crash on the way, on whichever core, ends
/// the machine or the core at once.
void begin_report() {
    arch::disable_interrupts();
    const unsigned core = arch::this_core();
    unsigned nobody = kNobody;
    if (!reporting_core.compare_exchange_strong(nobody, core)) {
        if (nobody == core) {
            static constexpr char kText[] = "Another fault while reporting a crash\n";
            write_channel(Channel::kLog, kText, sizeof(kText) - 1);
            arch::power_off(exit_port());
        }
        arch::halt_forever();
    }
    take_over_console();
    for (unsigned other = 0; other < arch::core_count(); ++other) {
        if (other != core) {
            arch::send_stop(other);
        }
    }
}

/// A line for the reader of the control channel, or for the console if there is none.
template <class... Arguments>
void tell(const char* format, const Arguments&... arguments) {
    TextBuffer<512> line;
    format_to(line, format, arguments...);
    line.write("\n", 1);
    write_channel(Channel::kControl, line.c_str(), line.size());
}

void tell_backtrace(const unwind::Registers& registers) {
    const unwind::Image image{unwind::Section::between(__eh_frame_hdr_start, __eh_frame_hdr_end),
                              unwind::Section::between(__eh_frame_start, __eh_frame_end)};
    MappedMemory memory;
    unwind::backtrace(image, memory, registers, [](const unwind::Frame& frame) {
        tell("HERMIT frame {}", VirtAddr{frame.instruction()});
    });
}

/// "thread 3 (name) on core 1", or the core alone during boot.
template <std::size_t kCapacity>
void describe_thread(TextBuffer<kCapacity>& text) {
    const sched::Task* const task = sched::current_task.get();
    if (task == nullptr) {
        format_to(text, "at boot on core {}", arch::this_core());
    } else if (task->idle) {
        format_to(text, "in the idle task of core {}", arch::this_core());
    } else {
        format_to(text, "in thread {}{}{}{} on core {}", task->id,
                  task->name[0] != '\0' ? " (" : "", task->name, task->name[0] != '\0' ? ")" : "",
                  arch::this_core());
    }
}

[[noreturn]] void report(const char* text, const unwind::Registers& registers) {
    TextBuffer<400> line;
    format_to(line, "{} ", text);
    describe_thread(line);
    log::error("{}", line.c_str());
    tell("HERMIT crash {}", line.c_str());
    tell_backtrace(registers);
    tell("HERMIT end");
    arch::power_off(exit_port());
}

} // namespace

void crash(const arch::InterruptFrame& frame, const char* text) {
    begin_report();
    log::error("rax {:016x} rbx {:016x} rcx {:016x} rdx {:016x}", frame.rax, frame.rbx, frame.rcx,
               frame.rdx);
    log::error("rsi {:016x} rdi {:016x} rbp {:016x} rsp {:016x}", frame.rsi, frame.rdi, frame.rbp,
               frame.rsp);
    log::error("r8  {:016x} r9  {:016x} r10 {:016x} r11 {:016x}", frame.r8, frame.r9, frame.r10,
               frame.r11);
    log::error("r12 {:016x} r13 {:016x} r14 {:016x} r15 {:016x}", frame.r12, frame.r13, frame.r14,
               frame.r15);
    log::error("rip {:016x} rflags {:08x} error code {:x}", frame.rip, frame.rflags,
               frame.error_code);
    using R = unwind::Register;
    unwind::Registers registers;
    registers[R::rax] = frame.rax;
    registers[R::rbx] = frame.rbx;
    registers[R::rcx] = frame.rcx;
    registers[R::rdx] = frame.rdx;
    registers[R::rsi] = frame.rsi;
    registers[R::rdi] = frame.rdi;
    registers[R::rbp] = frame.rbp;
    registers[R::rsp] = frame.rsp;
    registers[R::r8] = frame.r8;
    registers[R::r9] = frame.r9;
    registers[R::r10] = frame.r10;
    registers[R::r11] = frame.r11;
    registers[R::r12] = frame.r12;
    registers[R::r13] = frame.r13;
    registers[R::r14] = frame.r14;
    registers[R::r15] = frame.r15;
    registers[R::rip] = frame.rip;
    report(text, registers);
}

void stop_if_crashing() {
    if (reporting_core.load(std::memory_order_relaxed) != kNobody) {
        arch::halt_forever();
    }
}

} // namespace init

void panic_arguments(const char* format, const FormatArgument* arguments, std::size_t count) {
    unwind::Registers registers;
    unwind::capture(registers);
    init::begin_report();
    TextBuffer<400> text;
    format_arguments(text, format, arguments, count);
    init::report(text.c_str(), registers);
}

void assertion_failed(const char* expression, const char* file, int line) {
    panic("Assertion failed: {} ({}:{})", expression, file, line);
}

} // namespace hermit
