// The CPUID instruction and the features that the kernel asks for.
#pragma once

#include <cstdint>

namespace hermit::arch {

struct CpuidResult {
    std::uint32_t eax, ebx, ecx, edx;
};

/// [intel/vol2] CPUID. The caller checks the highest leaf first.
inline CpuidResult cpuid(std::uint32_t leaf, std::uint32_t subleaf = 0) {
    CpuidResult result;
    asm volatile("cpuid"
                 : "=a"(result.eax), "=b"(result.ebx), "=c"(result.ecx), "=d"(result.edx)
                 : "a"(leaf), "c"(subleaf));
    return result;
}

} // namespace hermit::arch
