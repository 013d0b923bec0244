#include <arch/power_states.hpp>

namespace hermit::arch {

PowerFeatures decode_power_features(const PowerLeaves& leaves) {
    const auto bit = [](std::uint32_t word, unsigned number) { return (word >> number & 1) != 0; };
    const bool is_amd = leaves.vendor == PowerFeatures::Vendor::kAmd;
    return {.vendor = leaves.vendor,
            .hypervisor = bit(leaves.leaf1.ecx, 31),
            .signature = decode_signature(leaves.leaf1.eax),
            .eist = bit(leaves.leaf1.ecx, 7),
            .turbo = bit(leaves.leaf6.eax, 1),
            .hwp = bit(leaves.leaf6.eax, 7),
            .energy_preference = bit(leaves.leaf6.eax, 10),
            .energy_bias = bit(leaves.leaf6.ecx, 3),
            .hardware_p_states = is_amd && bit(leaves.extended7.edx, 7),
            .boost = is_amd && bit(leaves.extended7.edx, 9),
            .cppc = is_amd && bit(leaves.extended8.ebx, 27)};
}

void describe(const PowerSetting& setting, TextSink& text) {
    using Method = PowerSetting::Method;
    switch (setting.method) {
    case Method::kNone:
        format_to(text, "none that is known, left as the firmware set it");
        return;
    case Method::kHypervisor:
        format_to(text, "left to the hypervisor");
        return;
    case Method::kLocked:
        format_to(text, "SpeedStep, turned off by the firmware for good");
        return;
    case Method::kMissing:
        format_to(text, "promised by CPUID, but its registers are missing");
        return;
    case Method::kSpeedStep:
        format_to(text, "SpeedStep, at ratio {}", setting.level);
        break;
    case Method::kHwp:
        format_to(text, "HWP, at level {}", setting.level);
        break;
    case Method::kPState:
        format_to(text, "P-states, at state {}", setting.level);
        break;
    case Method::kCppc:
        format_to(text, "CPPC, at level {}", setting.level);
        break;
    }
    format_to(text, " always; turbo {}; energy-performance bias {}",
              !setting.has_turbo   ? "not there"
              : setting.uses_turbo ? "in use"
                                   : "off",
              setting.has_bias ? "set to performance" : "not there");
}

} // namespace hermit::arch
