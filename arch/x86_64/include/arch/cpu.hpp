// Single instructions that C++ has no word for.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Tells the processor that this is a spin loop. [intel/vol2] PAUSE.
inline void pause() { asm volatile("pause"); }

/// Time-stamp counter, not ordered with surrounding instructions. [intel/vol3] §17.17.
inline std::uint64_t read_tsc() {
    std::uint64_t low; // the upper halves of both registers become 0
    std::uint64_t high;
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return high << 32 | low;
}

/// Time-stamp counter after all instructions before and before all after. [intel/vol2] RDTSC.
inline std::uint64_t read_ordered_tsc() {
    asm volatile("lfence" : : : "memory");
    const std::uint64_t value = read_tsc();
    asm volatile("lfence" : : : "memory");
    return value;
}

inline std::uint64_t read_msr(std::uint32_t index) {
    std::uint32_t low;
    std::uint32_t high;
    asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index) : "memory");
    return (std::uint64_t{high} << 32) | low;
}

/// Compiler barrier included; the processor does not serialise x2APIC and TSC-deadline writes.
inline void write_msr(std::uint32_t index, std::uint64_t value) {
    asm volatile("wrmsr"
                 :
                 : "c"(index), "a"(static_cast<std::uint32_t>(value)),
                   "d"(static_cast<std::uint32_t>(value >> 32))
                 : "memory");
}

inline void out8(std::uint16_t port, std::uint8_t value) {
    asm volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
inline void out16(std::uint16_t port, std::uint16_t value) {
    asm volatile("outw %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
inline void out32(std::uint16_t port, std::uint32_t value) {
    asm volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}
inline std::uint8_t in8(std::uint16_t port) {
    std::uint8_t value;
    asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}
inline std::uint16_t in16(std::uint16_t port) {
    std::uint16_t value;
    asm volatile("inw %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}
inline std::uint32_t in32(std::uint16_t port) {
    std::uint32_t value;
    asm volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

/// RFLAGS.IF: interrupts are on. [intel/vol1] §3.4.3.
inline constexpr std::uint64_t kInterruptFlag = 0x200;

inline std::uint64_t read_flags() {
    std::uint64_t flags;
    asm volatile("pushfq; popq %0" : "=m"(flags));
    return flags;
}

inline void disable_interrupts() { asm volatile("cli" : : : "memory"); }
inline void enable_interrupts() { asm volatile("sti" : : : "memory"); }

/// Enables interrupts and halts as one step: an interrupt that was pending at the call ends the
/// halt at once. [intel/vol2] STI. Called and returns with interrupts off.
inline void enable_and_halt() { asm volatile("sti; hlt; cli" : : : "memory"); }

/// Halts this core for good.
[[noreturn]] inline void halt_forever() {
    for (;;) {
        asm volatile("cli; hlt" : : : "memory");
    }
}

/// Drops this core's translation of one page.
inline void invalidate_page(std::uint64_t address) {
    asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}
/// Drops all of this core's translations that are not global (the kernel uses no global pages).
inline void invalidate_all() {
    std::uint64_t root;
    asm volatile("mov %%cr3, %0; mov %0, %%cr3" : "=r"(root) : : "memory");
}

} // namespace hermit::arch
