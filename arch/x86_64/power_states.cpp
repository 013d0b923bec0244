#include <arch/power_states.hpp>

#include <arch/cpuid.hpp>
#include <arch/features.hpp>
#include <arch/optional_msr.hpp>
#include <arch/signature.hpp>

namespace hermit::arch {
namespace {

struct RealMsr {
    static Result<std::uint64_t> read(std::uint32_t index) { return read_optional_msr(index); }
    static Result<void> write(std::uint32_t index, std::uint64_t value) {
        return write_optional_msr(index, value);
    }
};

constinit bool is_wanted = true;
constinit bool turbo_wanted = true;

} // namespace

PowerFeatures read_power_features() {
    const char* const vendor = arch::features().vendor;
    return decode_power_features(
        {.vendor = is_vendor(vendor, "GenuineIntel")   ? PowerFeatures::Vendor::kIntel
                   : is_vendor(vendor, "AuthenticAMD") ? PowerFeatures::Vendor::kAmd
                                                       : PowerFeatures::Vendor::kOther,
         .leaf1 = cpuid(1),
         .leaf6 = cpuid(0).eax >= 6 ? cpuid(6) : CpuidResult{},
         .extended7 = cpuid(0x8000'0000).eax >= 0x8000'0007 ? cpuid(0x8000'0007) : CpuidResult{},
         .extended8 = cpuid(0x8000'0000).eax >= 0x8000'0008 ? cpuid(0x8000'0008) : CpuidResult{}});
}

void choose_power(bool manage, bool turbo) {
    is_wanted = manage;
    turbo_wanted = turbo;
}

PowerSetting manage_power() {
    RealMsr msr;
    const PowerFeatures features = read_power_features();
    keep_timer_while_halted(features, msr);
    return is_wanted ? set_highest_performance(features, turbo_wanted, msr) : PowerSetting{};
}

} // namespace hermit::arch
