// Registers of the local APIC, one set for both access modes; layout only. [intel/vol3] §10.4,
// §10.12.
#pragma once

#include <cstdint>

namespace hermit::arch::apic {

/// Register numbers: times 16 the offset in the memory-mapped page, plus 0x800 the MSR.
enum class Register : std::uint32_t {
    kId = 0x02,
    kVersion = 0x03,
    kTaskPriority = 0x08,
    kEndOfInterrupt = 0x0B,
    kSpurious = 0x0F,
    kErrorStatus = 0x28,
    kInterruptCommand = 0x30, // 64 bits as an MSR, two registers in memory
    kInterruptCommandHigh = 0x31,
    kTimerEntry = 0x32,
    kThermalEntry = 0x33,
    kPerformanceEntry = 0x34,
    kLint0Entry = 0x35,
    kLint1Entry = 0x36,
    kErrorEntry = 0x37,
    kTimerInitialCount = 0x38,
    kTimerCurrentCount = 0x39,
    kTimerDivide = 0x3E,
};

inline constexpr std::uint32_t kSoftwareEnable = 1 << 8; // in kSpurious
inline constexpr std::uint32_t kMasked = 1 << 16;        // in every local vector table entry
inline constexpr std::uint32_t kTimerTscDeadline = 2 << 17;

inline constexpr std::uint32_t kDivideBy1 = 0b1011;
inline constexpr std::uint32_t kDivideBy128 = 0b1010;

/// Low half of the interrupt command register. [intel/vol3] §10.6.1.
inline constexpr std::uint32_t kDeliverFixed = 0 << 8;
inline constexpr std::uint32_t kDeliverNmi = 4 << 8;
inline constexpr std::uint32_t kDeliverInit = 5 << 8;
inline constexpr std::uint32_t kDeliverStartup = 6 << 8;
inline constexpr std::uint32_t kPending = 1 << 12;
inline constexpr std::uint32_t kAssert = 1 << 14;
inline constexpr std::uint32_t kLevel = 1 << 15;

} // namespace hermit::arch::apic
