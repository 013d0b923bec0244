// Which processors have MSR_SMI_COUNT: the number may mean something else on others.
#include <arch/ledger.hpp>

#include <arch/signature.hpp>

namespace hermit::arch {
bool counts_system_management(const char* vendor, std::uint32_t signature, bool hypervisor) {
    return !hypervisor && is_vendor(vendor, "GenuineIntel") &&
           is_since_nehalem(decode_signature(signature));
}

} // namespace hermit::arch
