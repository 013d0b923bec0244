// What the processor and a hypervisor say of the time-stamp counter's frequency. Pure; 0 is
// "does not say".
#pragma once

#include <arch/cpuid.hpp>

#include <cstdint>

namespace hermit::arch {

/// From the brand string's end, such as "@ 2.13GHz" or "1600MHz". It is the nominal frequency,
/// rounded: off by up to half a percent. Needed digits only, all others are ignored.
std::uint64_t khz_from_brand(const char* brand);

/// From leaf 0x15: the crystal's frequency and the counter's ratio to it. Exact. Where the leaf
/// does not tell the crystal, 0. [intel/vol3] §18.7.3.
std::uint64_t khz_from_crystal(const CpuidResult& leaf15);

/// From leaf 0x16: the base frequency in MHz, which is the time-stamp counter's but for rounding.
std::uint64_t khz_from_base(const CpuidResult& leaf16);

} // namespace hermit::arch
