#include <arch/context.hpp>

#include <arch/cpu.hpp>
#include <arch/cpuid.hpp>
#include <arch/extended_state.hpp>
#include <arch/features.hpp>
#include <arch/interrupts.hpp>
#include <arch/registers.hpp>
#include <arch/upcalls.hpp>
#include <base/address.hpp>
#include <sync/per_core.hpp>

#include <type_traits>

namespace hermit::arch {

/// What a preempted task leaves: its registers, then the vector state as the processor writes it;
/// and before that, a page fault in which it is while interrupts are on.
struct alignas(64) PreemptionArea {
    InterruptFrame fault_frame;
    FaultNotes fault_notes;
    InterruptFrame frame;
    alignas(64) std::uint8_t extended_state[];
};

static_assert(std::is_standard_layout_v<Context>);
static_assert(offsetof(Context, stack_pointer) == 0);
static_assert(offsetof(Context, thread_pointer) == 8);
static_assert(offsetof(Context, area) == 16);
static_assert(offsetof(Context, preempted) == 24);
static_assert(sizeof(InterruptFrame) == 22 * 8);
static_assert(offsetof(InterruptFrame, rip) == 136 && offsetof(InterruptFrame, rsp) == 160);

extern "C" {

void hermit_task_start();
[[noreturn]] void hermit_clear_and_resume(void* start, std::uint64_t bytes, PreemptionArea* area);

/// How large pieces of memory are cleared.
bool hermit_has_fast_strings;

/// Whether FS base can be written without a privileged instruction.
bool hermit_has_fsgsbase;

void hermit_on_switched() { on_switched(); }

void hermit_save_preempted(Context* from, const InterruptFrame* frame) {
    from->area->frame = *frame;
    save_extended_state(from->area->extended_state);
    // The next task may have left its processor by a call, after which the x87 stack is empty; it
    // may also have exceptions unmasked that this one's flags would raise.
    asm volatile("fninit");
    from->preempted = true;
}

InterruptFrame* hermit_restore_preempted(Context* to) {
    to->preempted = false;
    restore_extended_state(to->area->extended_state);
    if (hermit_has_fsgsbase) {
        asm volatile("wrfsbase %0" : : "r"(to->thread_pointer));
    } else {
        write_msr(msr::kFS_BASE, to->thread_pointer);
    }
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
    // As hermit_switch_context leaves a stack, with the return address of hermit_task_start, so
    // that the first call there finds the stack aligned to 16 bytes.
    struct Frame {
        std::uint32_t mxcsr;
        std::uint16_t x87_control;
        std::uint64_t r15, r14, r13, r12, rbx, rbp, return_address;
    };
    const std::uint64_t top = align_down(reinterpret_cast<std::uint64_t>(stack_top), 16);
    auto* const frame = reinterpret_cast<Frame*>(top - sizeof(Frame));
    asm volatile("stmxcsr %0" : "=m"(frame->mxcsr));
    asm volatile("fnstcw %0" : "=m"(frame->x87_control));
    frame->r13 = reinterpret_cast<std::uint64_t>(argument);
    frame->r12 = reinterpret_cast<std::uint64_t>(entry);
    frame->rbp = 0;
    frame->return_address = reinterpret_cast<std::uint64_t>(&hermit_task_start);
    context.stack_pointer = reinterpret_cast<std::uint64_t>(frame);
    context.preempted = false;
}

} // namespace hermit::arch
