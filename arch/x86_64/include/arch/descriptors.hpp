// Segment descriptors, the task-state segment and the interrupt stacks of a core.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// The only segments: flat code and data, and one task-state segment per core.
inline constexpr std::uint16_t kCodeSelector = 0x08;
inline constexpr std::uint16_t kDataSelector = 0x10;
inline constexpr std::uint16_t kTssSelector = 0x18;

/// What LGDT and LIDT take. [intel/vol3] §2.4.
struct [[gnu::packed]] TablePointer {
    std::uint16_t limit; // bytes − 1
    std::uint64_t base;
};

/// Slots of the interrupt stack table. Every vector uses one, because the interrupted code may use
/// the red zone below its stack pointer. [intel/vol3] §6.14.5.
enum class InterruptStack : std::uint8_t {
    kInterrupt = 1,
    kPageFault,
    kException,
    kNmi,
    kDoubleFault,
    kMachineCheck,
};
inline constexpr unsigned kInterruptStacks = 6;
inline constexpr std::uint64_t kInterruptStackBytes = 16 * 1024;

/// Tops of the interrupt stacks of one core, in the order of `InterruptStack`.
struct InterruptStackTops {
    std::uint64_t top[kInterruptStacks];
};

/// Loads this core's descriptor tables, with its interrupt stacks. Per-core storage is up.
void load_descriptors(const InterruptStackTops& stacks);

/// Calls `function(argument)`, which does not return, on this core's stack for exceptions, or where
/// we are if we are there already or the core has none yet. Interrupts off.
[[noreturn]] void call_on_exception_stack(void (*function)(void*), void* argument);

/// While a page fault is handled: a fault of the handler itself gets the lower half of the stack,
/// and leaves what the handler has on it for the backtrace. Interrupts off, in turns.
void split_page_fault_stack();
void join_page_fault_stack();

/// The interrupt stacks of any core that is up.
InterruptStackTops interrupt_stacks_of(unsigned core);

} // namespace hermit::arch
