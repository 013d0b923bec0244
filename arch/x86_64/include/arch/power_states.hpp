// The processor's frequency held at a constant maximum: SpeedStep, HWP and AMD's equivalents.
// Decisions are pure; model-specific registers are reached through a parameter. [thesis] 3.5.1.
#pragma once

#include <arch/cpuid.hpp>
#include <arch/signature.hpp>
#include <base/format.hpp>
#include <base/result.hpp>

#include <cstdint>

namespace hermit::arch {

/// What CPUID says of power management.
struct PowerFeatures {
    enum class Vendor : std::uint8_t { kOther, kIntel, kAmd };
    Vendor vendor = Vendor::kOther;
    bool hypervisor = false; // then the host manages power
    Signature signature{};
    // Intel: [intel/vol3] §14.1 to §14.4.
    bool eist = false;
    bool turbo = false;
    bool hwp = false;
    bool energy_preference = false; // of HWP
    bool energy_bias = false;       // without HWP
    // AMD: [amd/vol2] §17.
    bool hardware_p_states = false;
    bool boost = false;
    bool cppc = false;
};

/// Where the features are found.
struct PowerLeaves {
    PowerFeatures::Vendor vendor;
    CpuidResult leaf1, leaf6, extended7, extended8;
};
PowerFeatures decode_power_features(const PowerLeaves& leaves);

/// Reads the features. Any core.
PowerFeatures read_power_features();

namespace msr {
inline constexpr std::uint32_t kPLATFORM_INFO = 0xCE;
inline constexpr std::uint32_t kPERF_CTL = 0x199;
inline constexpr std::uint64_t kPERF_CTL_TURBO_DISENGAGE = std::uint64_t{1} << 32;
inline constexpr std::uint32_t kMISC_ENABLE = 0x1A0;
inline constexpr std::uint64_t kMISC_ENABLE_EIST = 1 << 16;
inline constexpr std::uint64_t kMISC_ENABLE_EIST_LOCKED = 1 << 20;
inline constexpr std::uint64_t kMISC_ENABLE_TURBO_DISABLED = std::uint64_t{1} << 38;
inline constexpr std::uint32_t kTURBO_RATIO_LIMIT = 0x1AD;
inline constexpr std::uint32_t kENERGY_PERF_BIAS = 0x1B0;
inline constexpr std::uint32_t kPM_ENABLE = 0x770;
inline constexpr std::uint32_t kHWP_CAPABILITIES = 0x771;
inline constexpr std::uint32_t kHWP_REQUEST = 0x774;
inline constexpr std::uint32_t kINTERRUPT_PENDING = 0xC001'0055;
inline constexpr std::uint64_t kINTERRUPT_PENDING_C1E = 3 << 27; // SMI, or C1E, on CMP halt
inline constexpr std::uint32_t kHWCR = 0xC001'0015;
inline constexpr std::uint64_t kHWCR_BOOST_DISABLED = 1 << 25;
inline constexpr std::uint32_t kPSTATE_LIMIT = 0xC001'0061;
inline constexpr std::uint32_t kPSTATE_CONTROL = 0xC001'0062;
inline constexpr std::uint32_t kCPPC_CAPABILITY_1 = 0xC001'02B0;
inline constexpr std::uint32_t kCPPC_ENABLE = 0xC001'02B1;
inline constexpr std::uint32_t kCPPC_REQUEST = 0xC001'02B3;
} // namespace msr

/// What was set, for the log.
struct PowerSetting {
    enum class Method : std::uint8_t {
        kNone,       // the processor has none that we know
        kHypervisor, // left to the host
        kLocked,     // the firmware has turned it off for good
        kMissing,    // promised, but a register that it takes is not there
        kSpeedStep,
        kHwp,
        kPState,
        kCppc,
    };
    Method method = Method::kNone;
    unsigned level = 0; // ratio, performance level or P-state; 0 for P-states is the fastest
    bool has_turbo = false;
    bool uses_turbo = false;
    bool has_bias = false; // energy-performance bias or preference: set to performance
};

namespace power_states {

template <class Msr>
Result<PowerSetting> set_hwp(const PowerFeatures& features, bool turbo, Msr& msr) {
    // Until reset; and first, as the processor refuses HWP's other registers before.
    TRY(msr.write(msr::kPM_ENABLE, 1));
    const std::uint64_t capabilities = TRY(msr.read(msr::kHWP_CAPABILITIES));
    const std::uint64_t highest = capabilities & 0xFF;
    const std::uint64_t guaranteed = capabilities >> 8 & 0xFF;
    const std::uint64_t level = turbo ? highest : guaranteed;
    if (level == 0) { // an emulation that knows the bit only
        return PowerSetting{};
    }
    // Least, most and desired level the same; no energy preference; the window chosen by itself.
    TRY(msr.write(msr::kHWP_REQUEST, level | level << 8 | level << 16));
    return PowerSetting{.method = PowerSetting::Method::kHwp,
                        .level = static_cast<unsigned>(level),
                        .has_turbo = highest > guaranteed,
                        .uses_turbo = turbo && highest > guaranteed,
                        .has_bias = features.energy_preference};
}

template <class Msr>
Result<PowerSetting> set_speed_step(const PowerFeatures& features, bool turbo, Msr& msr) {
    PowerSetting setting{.method = PowerSetting::Method::kSpeedStep};
    std::uint64_t control = TRY(msr.read(msr::kMISC_ENABLE));
    if ((control & msr::kMISC_ENABLE_EIST) == 0) {
        if ((control & msr::kMISC_ENABLE_EIST_LOCKED) != 0) {
            setting.method = PowerSetting::Method::kLocked;
            return setting;
        }
        control |= msr::kMISC_ENABLE_EIST;
        TRY(msr.write(msr::kMISC_ENABLE, control));
    }
    // Nehalem is the first to tell its ratios. [intel/vol4] table 2-15.
    if (!is_since_nehalem(features.signature)) {
        // The highest ratio and its voltage stand in the status register's upper half, which is
        // what such processors start with; leave it.
        setting.method = PowerSetting::Method::kNone;
        return setting;
    }
    // What the firmware has turned off stays off: the leaf then says that there is no turbo.
    setting.has_turbo = features.turbo && (control & msr::kMISC_ENABLE_TURBO_DISABLED) == 0;
    setting.uses_turbo = setting.has_turbo && turbo;
    setting.level =
        static_cast<unsigned>(setting.uses_turbo ? TRY(msr.read(msr::kTURBO_RATIO_LIMIT)) & 0xFF
                                                 : TRY(msr.read(msr::kPLATFORM_INFO)) >> 8 & 0xFF);
    if (setting.level == 0) { // an emulation that knows the bit only
        return PowerSetting{};
    }
    TRY(msr.write(msr::kPERF_CTL, std::uint64_t{setting.level} << 8 |
                                      (setting.uses_turbo ? 0 : msr::kPERF_CTL_TURBO_DISENGAGE)));
    if (features.energy_bias) {
        setting.has_bias = bool{msr.write(msr::kENERGY_PERF_BIAS, 0)};
    }
    return setting;
}

template <class Msr>
Result<void> set_boost(const PowerFeatures& features, bool turbo, Msr& msr, PowerSetting& setting) {
    setting.has_turbo = features.boost;
    setting.uses_turbo = features.boost && turbo;
    if (features.boost) {
        const std::uint64_t kept = TRY(msr.read(msr::kHWCR)) & ~msr::kHWCR_BOOST_DISABLED;
        TRY(msr.write(msr::kHWCR, kept | (turbo ? 0 : msr::kHWCR_BOOST_DISABLED)));
    }
    return {};
}

template <class Msr>
Result<PowerSetting> set_cppc(const PowerFeatures& features, bool turbo, Msr& msr) {
    // The levels can be read before CPPC is enabled, which is for good: then P-states are ignored.
    const std::uint64_t capability = TRY(msr.read(msr::kCPPC_CAPABILITY_1));
    const std::uint64_t highest = capability >> 24 & 0xFF;
    const std::uint64_t nominal = capability >> 16 & 0xFF;
    const std::uint64_t level = turbo ? highest : nominal;
    if (level == 0) { // an emulation that knows the bit only
        return PowerSetting{};
    }
    PowerSetting setting{.method = PowerSetting::Method::kCppc, .has_bias = true};
    TRY(set_boost(features, turbo, msr, setting));
    TRY(msr.write(msr::kCPPC_ENABLE, 1));
    TRY(msr.write(msr::kCPPC_REQUEST, level | level << 8 | level << 16));
    setting.level = static_cast<unsigned>(level);
    return setting;
}

template <class Msr>
Result<PowerSetting> set_p_state(const PowerFeatures& features, bool turbo, Msr& msr) {
    PowerSetting setting{.method = PowerSetting::Method::kPState};
    TRY(set_boost(features, turbo, msr, setting));
    setting.level = static_cast<unsigned>(TRY(msr.read(msr::kPSTATE_LIMIT)) & 7); // fastest allowed
    TRY(msr.write(msr::kPSTATE_CONTROL, setting.level));
    return setting;
}

template <class Msr>
Result<PowerSetting> set(const PowerFeatures& features, bool turbo, Msr& msr) {
    using Vendor = PowerFeatures::Vendor;
    if (features.vendor == Vendor::kIntel && features.hwp) {
        return set_hwp(features, turbo, msr);
    }
    if (features.vendor == Vendor::kIntel && features.eist) {
        return set_speed_step(features, turbo, msr);
    }
    if (features.vendor == Vendor::kAmd && features.cppc) {
        return set_cppc(features, turbo, msr);
    }
    if (features.vendor == Vendor::kAmd && features.hardware_p_states) {
        return set_p_state(features, turbo, msr);
    }
    return PowerSetting{};
}

} // namespace power_states

/// Sets this core's highest performance level, above the nominal frequency if `turbo`, and no
/// saving of energy. `msr.read(index)` and `msr.write(index, value)` reach the registers and return
/// a Result; only those that CPUID promises are touched. The first that is not there ends it.
template <class Msr>
PowerSetting set_highest_performance(const PowerFeatures& features, bool turbo, Msr& msr) {
    if (features.hypervisor) {
        return {.method = PowerSetting::Method::kHypervisor};
    }
    if (auto setting = power_states::set(features, turbo, msr)) {
        return *setting;
    }
    return {.method = PowerSetting::Method::kMissing};
}

/// AMD's families 0Fh to 14h may stop the local APIC's timer when all cores of a package are halted
/// (C1E), so that the last sleeper never wakes. Turns that off for this core; whether it was on.
/// `msr` as above. [amd/bkdg-10h] MSRC001_0055, erratum 400.
template <class Msr>
bool keep_timer_while_halted(const PowerFeatures& features, Msr& msr) {
    if (features.hypervisor || features.vendor != PowerFeatures::Vendor::kAmd ||
        features.signature.family < 0x0F || features.signature.family > 0x14) {
        return false;
    }
    Result<std::uint64_t> found = msr.read(msr::kINTERRUPT_PENDING);
    return found && (*found & msr::kINTERRUPT_PENDING_C1E) != 0 &&
           bool{msr.write(msr::kINTERRUPT_PENDING, *found & ~msr::kINTERRUPT_PENDING_C1E)};
}

/// The setting in words, after [thesis] appendix B: "SpeedStep, at ratio 18 always; turbo in use…".
void describe(const PowerSetting& setting, TextSink& text);

/// Decides for all cores whether their state is set, and whether turbo is used. Boot core, before
/// `start_cores`.
void choose_power(bool manage, bool turbo);

/// Sets this core as decided; its timer keeps running while it is halted in any case. Each core
/// once.
PowerSetting manage_power();

} // namespace hermit::arch
