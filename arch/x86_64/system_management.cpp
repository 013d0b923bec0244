// Which processors have MSR_SMI_COUNT: reading a register that is not there is an exception.
#include <arch/ledger.hpp>

namespace hermit::arch {
namespace {

/// Display family and model. [intel/vol2] CPUID, leaf 1, EAX.
struct Signature {
    unsigned family;
    unsigned model;
};

Signature decode(std::uint32_t eax) {
    const unsigned base_family = (eax >> 8) & 0xF;
    const unsigned family = base_family == 0xF ? base_family + ((eax >> 20) & 0xFF) : base_family;
    unsigned model = (eax >> 4) & 0xF;
    if (base_family == 0x6 || base_family == 0xF) {
        model |= (eax >> 12) & 0xF0;
    }
    return {family, model};
}

bool is_intel(const char* vendor) {
    const char* expected = "GenuineIntel";
    while (*expected != '\0') {
        if (*vendor++ != *expected++) {
            return false;
        }
    }
    return true;
}

} // namespace

bool counts_system_management(const char* vendor, std::uint32_t signature, bool hypervisor) {
    const auto [family, model] = decode(signature);
    if (hypervisor || !is_intel(vendor) || family != 6 || model < 0x1A) { // 0x1A: Nehalem
        return false;
    }
    switch (model) { // later numbers of older designs. [intel/vol4] Table 2-1, §2.2, §2.3
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
