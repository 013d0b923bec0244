// What the processor needs to continue a task, and the switch between two tasks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::arch {

struct PreemptionArea; // frame and vector state of a preempted task; layout private to arch

/// A task's processor state while it does not run. Two forms: after a voluntary switch the
/// callee-saved registers, MXCSR and the x87 control word lie on the task's stack; after a
/// preemption everything lies in its preemption area.
struct Context {
    std::uint64_t stack_pointer = 0;
    std::uint64_t thread_pointer = 0; // FS base
    PreemptionArea* area = nullptr;   // preemption_area_bytes() long, 64-byte aligned
    bool preempted = false;
};

/// Bytes that a preemption area needs on this processor: the interrupt frame and XSAVE state as
/// CPUID leaf 0xD sizes it. A multiple of 64. Constant after boot.
std::size_t preemption_area_bytes();

/// Makes `context` start in `entry(argument)` on the stack that ends at `stack_top`, with the
/// caller's MXCSR and x87 control word, interrupts on, after `on_switched()` was called.
/// `entry` must not return.
void prepare(Context& context, void* stack_top, void (*entry)(void*), void* argument);

/// Leaves the running task in `from` and continues `to`. Returns when somebody switches back.
/// Interrupts off; the caller then finishes the switch (a preempted task's switch is finished by
/// the upcall `on_switched`, on the core's own stack).
extern "C" void hermit_switch_context(Context* from, Context* to);

} // namespace hermit::arch
