// What the processor needs to continue a task, and the switch between two tasks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::arch {

struct InterruptFrame;
struct PreemptionArea; // frame and vector state of a preempted task; layout private to arch

/// A task's processor state while it does not run. After a voluntary switch the callee-saved
/// registers, MXCSR, the x87 control word and any x87 exception flags lie on the task's stack;
/// after a preemption everything lies in its preemption area, which serves as a stack to resume
/// from.
struct Context {
    std::uint64_t stack_pointer = 0;
    std::uint64_t thread_pointer = 0; // FS base
    PreemptionArea* area = nullptr;   // preemption_area_bytes() long, 64-byte aligned
};

/// Bytes that a preemption area needs on this processor: the interrupt frame and XSAVE state as
/// CPUID leaf 0xD sizes it. A multiple of 64. Constant after boot.
std::size_t preemption_area_bytes();

/// Makes `context` start in `entry(argument)` on the stack that ends at `stack_top`, with the
/// caller's floating-point environment, interrupts on, after `on_switched()` was called.
/// `entry` must not return.
void prepare(Context& context, void* stack_top, void (*entry)(void*), void* argument);

/// Writes to the part of a task's area that page faults use, so that one does not cause another.
/// Before the task's first page fault.
void touch(PreemptionArea& area);

/// What whoever resolves a page fault has to remember of it, kept with the faulting task. Valid
/// from a page fault to the next.
struct FaultNotes {
    std::uint64_t words[6];
};
FaultNotes& fault_notes(const Context& task);

/// The end of a page fault for whose task memory is to be cleared first: with interrupts on, and
/// with nothing on the page-fault stack, which belongs to the core. Then `on_memory_cleared` is
/// called, and the access tried again. Page-fault stack.
[[noreturn]] void clear_for_fault(const InterruptFrame& frame, const Context& task, void* start,
                                  std::uint64_t bytes);

/// Leaves the running task in `from` and continues `to`. Returns when somebody switches back.
/// Interrupts off; the caller then finishes the switch (a preempted task's switch is finished by
/// the upcall `on_switched`, on the core's own stack).
extern "C" void hermit_switch_context(Context* from, Context* to);

} // namespace hermit::arch
