// What takes time from the application on each core, as far as the processor's side knows: the
// ledger of interrupts, IPIs and switches, and how cores are stopped so that it can be read. Counts
// are kept always, durations only once `start_measuring` was called.
#pragma once

#include <sync/per_core.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::arch {

/// Interrupts and exceptions taken, by vector.
extern PerCoreCounts<std::uint64_t, 256> interrupt_counts;

/// IPIs sent, by what they ask for.
enum class Ipi : std::uint8_t { kReschedule, kFlush, kStop, kNmi, kInit, kStartup, kCauses };
extern PerCoreCounts<Ipi> ipi_counts;

/// Switches between tasks on a core: all of them, counted at their end and only when measuring, and
/// those that began by taking the processor from a task in an interrupt.
struct SwitchCounts {
    std::uint64_t all;
    std::uint64_t preemptive;
};
SwitchCounts switch_counts(unsigned core);
/// For arch.
extern PerCore<std::uint64_t> preemptions;

/// What interrupts are told apart by when their time is measured.
enum class InterruptKind : std::uint8_t {
    kPageFault,
    kTimer,
    kReschedule,
    kFlush,
    kOther,
    kCauses
};
inline constexpr std::size_t kInterruptKinds = static_cast<std::size_t>(InterruptKind::kCauses);

/// Time-stamp counter ticks in handlers, from their first C++ instruction to their last: the entry
/// stub, the return and what the processor does by itself are outside.
struct InterruptTicks {
    std::uint64_t by_kind[kInterruptKinds] = {};
    std::uint64_t sum = 0;
};
extern PerCore<InterruptTicks> interrupt_ticks;

/// Whether durations are measured. Constant once other cores run.
[[gnu::section(".data")]] inline constinit bool is_measuring = false;

/// Has durations measured and all switches counted from now on. Boot core, before others start.
void start_measuring();

/// Interrupts all other cores and waits until they have halted for good, at most about a second
/// (ten under a hypervisor). They hold no spin lock then. Returns how many did not answer.
/// Interrupts off; once.
unsigned stop_other_cores();

/// When `stop_other_cores` stopped the core, as its time-stamp counter; 0 if it did not.
std::uint64_t stopped_at(unsigned core);

/// Whether processors of this model count system-management interrupts. Pure: `vendor` as CPUID
/// gives it, `signature` is leaf 1's EAX. Under a hypervisor it is not asked for.
bool counts_system_management(const char* vendor, std::uint32_t signature, bool hypervisor);

/// Remembers this core's count of system-management interrupts at its start.
void begin_system_management_count();
/// Whether the core was found to count them.
bool system_management_is_counted(unsigned core);
/// Those since then, on this core or on one that was stopped; of others what was known last.
/// [intel/vol4] MSR_SMI_COUNT.
std::uint64_t system_management_interrupts(unsigned core);

/// A stack that the kernel uses, in bytes, and how far down it was ever used: stacks start out
/// zeroed, so this is the deepest word that is not zero.
struct StackUse {
    std::uint64_t bytes;
    std::uint64_t used;
};
/// Of the stack of that size that ends at `top`.
StackUse stack_use(std::uint64_t top, std::uint64_t bytes);
/// `stack`: counts from 0 in the order of `InterruptStack`.
StackUse interrupt_stack_use(unsigned core, unsigned stack);
/// The stack that the core started on, which became its idle task's.
StackUse boot_stack_use(unsigned core);

/// Leaves the stack for this core's interrupt stack, which is always backed. Interrupts off, not in
/// an interrupt.
[[noreturn]] void continue_on_interrupt_stack(void (*function)());

} // namespace hermit::arch
