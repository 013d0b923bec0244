#include <arch/context.hpp>

#include <arch/cpu.hpp>
#include <arch/cpuid.hpp>
#include <arch/extended_state.hpp>
#include <arch/features.hpp>
#include <arch/interrupts.hpp>
#include <arch/ledger.hpp>
#include <arch/registers.hpp>
#include <arch/upcalls.hpp>
#include <base/address.hpp>
#include <sync/per_core.hpp>

#include <type_traits>

namespace hermit::arch {

/// What hermit_switch_context finds at a context's stack pointer.
struct SwitchFrame {
    std::uint32_t mxcsr;
    std::uint16_t x87_control;
    std::uint64_t r15, r14, r13, r12, rbx, rbp, return_address;
};

/// What a preempted task leaves: its registers, the vector state as the processor writes it, and in
/// place of a stack what makes the switch to it return to where the rest is restored; and before
/// that, a page fault in which it is while interrupts are on.
struct alignas(64) PreemptionArea {
    InterruptFrame fault_frame;
    FaultNotes fault_notes;
    SwitchFrame resume;
    InterruptFrame frame;
    alignas(64) std::uint8_t extended_state[];
};

constexpr std::uint32_t kDefaultMxcsr = 0x1F80;
constexpr std::uint16_t kDefaultX87Control = 0x37F;
constexpr std::uint16_t kX87Flags = 0x7F; // exceptions and stack fault

static_assert(std::is_standard_layout_v<Context>);
static_assert(offsetof(Context, stack_pointer) == 0);
static_assert(offsetof(Context, thread_pointer) == 8);
static_assert(sizeof(SwitchFrame) == 8 * 8);
static_assert(sizeof(InterruptFrame) == 22 * 8);
static_assert(offsetof(InterruptFrame, rip) == 136 && offsetof(InterruptFrame, rsp) == 160);

extern "C" {

void hermit_task_start();
void hermit_resume_preempted();
void hermit_restore_x87_flags();
[[noreturn]] void hermit_clear_and_resume(void* start, std::uint64_t bytes, PreemptionArea* area);

/// How large pieces of memory are cleared.
bool hermit_has_fast_strings;

/// Whether FS base can be written without a privileged instruction.
bool hermit_has_fsgsbase;
/// That, and the end of a switch need not be counted: all that the usual case has to ask.
bool hermit_switch_is_plain;

void hermit_on_switched() { on_switched(); }

void hermit_save_preempted(Context* from, const InterruptFrame* frame) {
    from->area->frame = *frame;
    save_extended_state(from->area->extended_state);
    // The next task may have left its processor by a call, after which the x87 stack is empty; it
    // may also have exceptions unmasked that this one's flags would raise.
    asm volatile("fninit");
    from->area->resume.mxcsr = kDefaultMxcsr;
    from->area->resume.x87_control = kDefaultX87Control;
    from->area->resume.rbx = reinterpret_cast<std::uint64_t>(from);
    from->area->resume.return_address = reinterpret_cast<std::uint64_t>(&hermit_resume_preempted);
    from->stack_pointer = reinterpret_cast<std::uint64_t>(&from->area->resume);
    preemptions.set(preemptions.get() + 1);
}

InterruptFrame* hermit_restore_preempted(Context* to) {
    restore_extended_state(to->area->extended_state);
    return &to->area->frame;
}

InterruptFrame* hermit_finish_clear(PreemptionArea* area) {
    on_memory_cleared(area->fault_notes);
    return &area->fault_frame;
}

} // extern "C"

FaultNotes& fault_notes(const Context& task) { return task.area->fault_notes; }

void clear_for_fault(const InterruptFrame& frame, const Context& task, void* start,
                     std::uint64_t bytes) {
    task.area->fault_frame = frame;
    hermit_clear_and_resume(start, bytes, task.area);
}

void touch(PreemptionArea& area) {
    area.fault_frame.vector = 0;
    area.fault_notes = {};
}

std::size_t preemption_area_bytes() {
    return align_up(offsetof(PreemptionArea, extended_state) + extended_state_bytes(), 64);
}

void prepare(Context& context, void* stack_top, void (*entry)(void*), void* argument) {
    // The first call in hermit_task_start finds the stack aligned to 16 bytes.
    auto* top = reinterpret_cast<std::uint64_t*>(
        align_down(reinterpret_cast<std::uint64_t>(stack_top), 16));
    *--top = reinterpret_cast<std::uint64_t>(&hermit_task_start);
    std::uint16_t x87_status;
    asm volatile("fnstsw %0" : "=m"(x87_status));
    if ((x87_status & kX87Flags) != 0) { // the creator's flags are raised for the new task too
        *--top = x87_status & kX87Flags;
        *--top = reinterpret_cast<std::uint64_t>(&hermit_restore_x87_flags);
    }
    auto* const frame = reinterpret_cast<SwitchFrame*>(top + 1) - 1;
    asm volatile("stmxcsr %0" : "=m"(frame->mxcsr));
    asm volatile("fnstcw %0" : "=m"(frame->x87_control));
    frame->r13 = reinterpret_cast<std::uint64_t>(argument);
    frame->r12 = reinterpret_cast<std::uint64_t>(entry);
    frame->rbp = 0;
    context.stack_pointer = reinterpret_cast<std::uint64_t>(frame);
}

} // namespace hermit::arch
