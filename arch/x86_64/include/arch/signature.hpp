// The processor's vendor, family and model, by which registers are known that CPUID has no bit for.
// Pure.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Whether `vendor`, as CPUID leaf 0 spells it, is the twelve characters of `name`.
constexpr bool is_vendor(const char* vendor, const char* name) {
    for (unsigned i = 0; i < 12; ++i) { // GCC would not take the kernel's memcmp
        if (vendor[i] != name[i]) {
            return false;
        }
    }
    return true;
}

/// Family and model with their extended parts. [intel/vol2] CPUID, leaf 1, EAX.
struct Signature {
    unsigned family;
    unsigned model;
};

/// `eax`: of leaf 1.
constexpr Signature decode_signature(std::uint32_t eax) {
    const unsigned base_family = eax >> 8 & 0xF;
    const unsigned family = base_family == 0xF ? base_family + (eax >> 20 & 0xFF) : base_family;
    const unsigned extended = base_family == 0x6 || base_family == 0xF ? eax >> 12 & 0xF0 : 0;
    return {family, extended | (eax >> 4 & 0xF)};
}

/// Whether a processor of Intel's is a Nehalem or of a later design. Some earlier designs have
/// later numbers. [intel/vol4] Table 2-1, §2.2, §2.3.
constexpr bool is_since_nehalem(Signature signature) {
    if (signature.family != 6 || signature.model < 0x1A) {
        return false;
    }
    switch (signature.model) {
    case 0x1C:
    case 0x26:
    case 0x27:
    case 0x35:
    case 0x36: // the first Atoms
    case 0x1D: // the last Core 2
        return false;
    default:
        return true;
    }
}

} // namespace hermit::arch
