// The only functions that arch calls in higher modules. All run with interrupts off.
#pragma once

#include <arch/context.hpp>
#include <arch/interrupts.hpp>

namespace hermit::arch {

/// Page fault on the page-fault stack. Returns if the access can be tried again, else does not
/// return, or not before memory is cleared (`clear_for_fault`). `error_code` as in
/// [intel/vol3] §4.7. Defined by kernel/init.
void on_page_fault(InterruptFrame& frame, std::uint64_t address);

/// The memory that a page fault needs is cleared. This core's interrupt stack. Defined by
/// kernel/init.
void on_memory_cleared(const FaultNotes& notes);

/// Any other exception, NMI and machine check included. Returns only if execution may go on.
/// Defined by kernel/init.
void on_exception(InterruptFrame& frame);

/// Called first in every interrupt (not exception), which may have ended a halt. Interrupt stack.
/// Defined by mm.
void on_interrupt_entry();

/// This core's timer deadline has passed. Interrupt stack. Defined by sched.
void on_timer_interrupt();

/// Another core asked for a TLB flush. Interrupt stack. Defined by mm.
void on_flush_interrupt();

/// A switch to make on the way out of an interrupt. `to` null: none, go on with the same task.
struct SwitchRequest {
    Context* from;
    Context* to;
};

/// Asked at the end of every interrupt (not exception). Interrupt stack. Defined by sched.
SwitchRequest on_interrupt_exit();

/// The switch to a preempted or new task has left the old stack. Defined by sched.
void on_switched();

/// A core other than the boot core is up: stacks, descriptors, per-core storage, APIC and timer are
/// ready. Runs on the core's own boot stack and does not return. Defined by kernel/init.
[[noreturn]] void on_core_started(unsigned core);

} // namespace hermit::arch
