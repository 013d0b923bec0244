// Interrupt vectors, the frame that entry code leaves, and handler registration.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Registers at the moment of an interrupt or exception, as the entry stubs push them.
struct InterruptFrame {
    std::uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    std::uint64_t rbp, rdi, rsi, rdx, rcx, rbx, rax;
    std::uint64_t vector, error_code; // error_code 0 where the processor pushes none
    std::uint64_t rip, cs, rflags, rsp, ss;
};

namespace vector {
inline constexpr unsigned kFirstInterrupt = 0x20;
inline constexpr unsigned kPicFirst = 0x20; // remapped 8259: spurious only
inline constexpr unsigned kFirstDevice = 0x40;
inline constexpr unsigned kTimer = 0xE0;
inline constexpr unsigned kReschedule = 0xE1;
inline constexpr unsigned kFlush = 0xE2;
inline constexpr unsigned kStop = 0xE3;
inline constexpr unsigned kSpurious = 0xFF;
} // namespace vector

/// Runs with interrupts off on the interrupt stack; short; neither blocks nor nests.
using InterruptHandler = void (*)(InterruptFrame&);

/// Registers the handler of a device vector (kFirstDevice … kTimer−1). Boot or with the device
/// quiet.
void set_interrupt_handler(unsigned vector, InterruptHandler handler);

} // namespace hermit::arch
