// Control registers, model-specific registers and their bits; layout only, compiles on any host.
// Names as in [intel/vol3] §2.5, §4.6 and [intel/vol4].
#pragma once

#include <cstdint>

namespace hermit::arch {

namespace cr0 {
inline constexpr std::uint64_t kMP = 1 << 1;
inline constexpr std::uint64_t kEM = 1 << 2;
inline constexpr std::uint64_t kTS = 1 << 3;
inline constexpr std::uint64_t kNE = 1 << 5;
inline constexpr std::uint64_t kWP = 1 << 16;
} // namespace cr0

namespace cr4 {
inline constexpr std::uint64_t kMCE = 1 << 6;
inline constexpr std::uint64_t kOSFXSR = 1 << 9;
inline constexpr std::uint64_t kOSXMMEXCPT = 1 << 10;
inline constexpr std::uint64_t kFSGSBASE = 1 << 16;
inline constexpr std::uint64_t kOSXSAVE = 1 << 18;
} // namespace cr4

namespace msr {
inline constexpr std::uint32_t kAPIC_BASE = 0x1B;
inline constexpr std::uint64_t kAPIC_BASE_EXTD = 1 << 10;
inline constexpr std::uint64_t kAPIC_BASE_EN = 1 << 11;
inline constexpr std::uint32_t kSMI_COUNT = 0x34;
inline constexpr std::uint32_t kPAT = 0x277;
inline constexpr std::uint32_t kTSC_DEADLINE = 0x6E0;
inline constexpr std::uint32_t kX2APIC_FIRST = 0x800;
inline constexpr std::uint32_t kFS_BASE = 0xC000'0100;
inline constexpr std::uint32_t kGS_BASE = 0xC000'0101;
} // namespace msr

/// Components of XCR0 and of the XSAVE area. [intel/vol1] §13.1.
namespace xcr0 {
inline constexpr std::uint64_t kX87 = 1 << 0;
inline constexpr std::uint64_t kSSE = 1 << 1;
inline constexpr std::uint64_t kAVX = 1 << 2;
inline constexpr std::uint64_t kAVX512 = 7 << 5; // opmask, ZMM_Hi256, Hi16_ZMM: only together
} // namespace xcr0

inline std::uint64_t read_cr0() {
    std::uint64_t value;
    asm volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}
inline void write_cr0(std::uint64_t value) {
    asm volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}
inline std::uint64_t read_cr2() {
    std::uint64_t value;
    asm volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}
inline std::uint64_t read_cr3() {
    std::uint64_t value;
    asm volatile("mov %%cr3, %0" : "=r"(value));
    return value;
}
inline std::uint64_t read_cr4() {
    std::uint64_t value;
    asm volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}
inline void write_cr4(std::uint64_t value) {
    asm volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

} // namespace hermit::arch
