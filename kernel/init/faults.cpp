// What becomes of exceptions: first touches are resolved, all else ends the system with a report.
#include "console.hpp"
#include "crash.hpp"
#include "report.hpp"
#include "stop.hpp"
#include "trampoline.hpp"

#include <arch/cpu.hpp>
#include <arch/descriptors.hpp>
#include <arch/interrupt_setup.hpp>
#include <arch/registers.hpp>
#include <arch/upcalls.hpp>
#include <base/format.hpp>
#include <mm/app_memory.hpp>
#include <sched/core_scheduler.hpp>
#include <sync/per_core.hpp>

#include <new>

namespace hermit::arch {
namespace {

// Page-fault error code. [intel/vol3] §4.7.
constexpr std::uint64_t kPresent = 1 << 0;
constexpr std::uint64_t kWrite = 1 << 1;
constexpr std::uint64_t kFetch = 1 << 4;

const char* access_kind(std::uint64_t error_code) {
    if ((error_code & kFetch) != 0) {
        return "execution";
    }
    return (error_code & kWrite) != 0 ? "write" : "read";
}

const char* reason(mm::app::FaultOutcome outcome, std::uint64_t error_code) {
    using mm::app::FaultOutcome;
    switch (outcome) {
    case FaultOutcome::kForbidden:
        return ", not permitted";
    case FaultOutcome::kOutOfMemory:
        return ", out of memory";
    default:
        return (error_code & kPresent) != 0 ? ", not permitted" : ", not mapped";
    }
}

/// Memory is never both writable and executable, so a trampoline on a stack cannot be executed. It
/// is carried out here instead, registers being all that it changes. Takes as long as a fault.
bool carry_out_trampoline(InterruptFrame& frame) {
    const VirtAddr start{frame.rip};
    const VirtAddr last{frame.rip + init::kTrampolineBytes - 1};
    using mm::app::FaultOutcome;
    for (const VirtAddr address : {start, last}) {
        if (mm::app::make_readable(address) != FaultOutcome::kResolved) {
            return false;
        }
    }
    const auto trampoline =
        init::read_trampoline(reinterpret_cast<const std::uint8_t*>(start.value()));
    if (!trampoline) {
        return false;
    }
    frame.r11 = trampoline->function;
    frame.r10 = trampoline->static_chain;
    frame.rip = trampoline->function;
    init::fault_ends.count(init::FaultEnd::kTrampoline);
    return true;
}

constexpr std::uint64_t kNmi = 2;
constexpr std::uint64_t kDoubleFault = 8;

/// A fault in the handler, started again, might wait for locks that it holds.
HERMIT_PER_CORE PerCore<bool> handling_page_fault;

void begin_handling() {
    handling_page_fault.set(true);
    split_page_fault_stack();
}

void end_handling() {
    join_page_fault_stack();
    handling_page_fault.set(false);
}

[[noreturn]] void report(const InterruptFrame& frame, std::uint64_t address, const char* what,
                         const char* why) {
    init::fault_ends.count(init::FaultEnd::kFatal);
    TextBuffer<200> text;
    format_to(text, "{}: {} of {}{}", what, access_kind(frame.error_code), VirtAddr{address}, why);
    init::crash(frame, text.c_str(), VirtAddr{address});
}

static_assert(sizeof(mm::app::LargePage) <= sizeof(FaultNotes));

/// Resolves a fault of a task that can be preempted: a large page is cleared with interrupts on,
/// after which this does not return.
mm::app::FaultOutcome resolve(const InterruptFrame& frame, const Context& task,
                              std::uint64_t address) {
    auto& large = *::new (&fault_notes(task)) mm::app::LargePage;
    const auto outcome = mm::app::begin_fault(VirtAddr{address}, frame.error_code, large);
    if (large.frame != 0) {
        end_handling();
        clear_for_fault(frame, task, large.memory(), mm::app::kLargePageBytes);
    }
    return outcome;
}

} // namespace

void on_page_fault(InterruptFrame& frame, std::uint64_t address) {
    if (handling_page_fault.get() || init::is_reporting()) {
        report(frame, address, "Page fault in the kernel's own handler", "");
    }
    begin_handling();
    sched::Task* const task = sched::current_task.get();
    const bool is_preemptible =
        task != nullptr && !task->idle && (frame.rflags & kInterruptFlag) != 0;
    const auto outcome = is_preemptible
                             ? resolve(frame, task->context, address)
                             : mm::app::handle_fault(VirtAddr{address}, frame.error_code);
    const bool is_fetch = (frame.error_code & kFetch) != 0 && address == frame.rip;
    if (outcome == mm::app::FaultOutcome::kResolved ||
        (is_fetch && outcome == mm::app::FaultOutcome::kForbidden && carry_out_trampoline(frame))) {
        end_handling();
        return;
    }
    if (outcome == mm::app::FaultOutcome::kGuardPage) {
        report(frame, address, "Stack overflow", "");
    }
    report(frame, address, "Page fault", reason(outcome, frame.error_code));
}

void on_memory_cleared(const FaultNotes& notes) {
    static_cast<void>(
        mm::app::finish_fault(*std::launder(reinterpret_cast<const mm::app::LargePage*>(&notes))));
}

void on_exception(InterruptFrame& frame) {
    if (frame.vector == kNmi) {
        init::stop_if_ending(frame);
        if (init::report_is_wanted() && init::has_control_channel()) {
            init::report_and_end(); // the launcher's patience has ended
        }
    }
    TextBuffer<120> text;
    format_to(text, "Exception {} ({}), error code {:x}", frame.vector,
              exception_name(frame.vector), frame.error_code);
    if (frame.vector == kDoubleFault) { // mostly a page fault that found no stack
        init::crash(frame, text.c_str(), VirtAddr{read_cr2()});
    }
    init::crash(frame, text.c_str());
}

} // namespace hermit::arch
