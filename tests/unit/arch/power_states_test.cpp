#include <arch/power_states.hpp>

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace hermit::arch {
namespace {

using Vendor = PowerFeatures::Vendor;
using Method = PowerSetting::Method;

constexpr Error kMissing{Errc::kNotFound, "register"};

/// Registers that exist are those given; any other fails the test unless it is expected.
struct FakeMsr {
    std::map<std::uint32_t, std::uint64_t> values;
    std::uint32_t missing = 0;

    bool has(std::uint32_t index) const {
        EXPECT_TRUE(values.count(index) == 1 || index == missing) << std::hex << index;
        return values.count(index) == 1;
    }
    Result<std::uint64_t> read(std::uint32_t index) {
        if (!has(index)) {
            return kMissing;
        }
        return values[index];
    }
    Result<void> write(std::uint32_t index, std::uint64_t value) {
        if (!has(index)) {
            return kMissing;
        }
        values[index] = value;
        return {};
    }
};

std::string text_of(const PowerSetting& setting) {
    TextBuffer<200> text;
    describe(setting, text);
    return text.c_str();
}

TEST(PowerStates, NothingIsTouchedWithoutFeatures) {
    FakeMsr none;
    for (const Vendor vendor : {Vendor::kOther, Vendor::kIntel, Vendor::kAmd}) {
        const auto setting = set_highest_performance({.vendor = vendor}, true, none);
        EXPECT_EQ(setting.method, Method::kNone);
    }
    const PowerFeatures guest{
        .vendor = Vendor::kIntel, .hypervisor = true, .eist = true, .hwp = true};
    EXPECT_EQ(set_highest_performance(guest, true, none).method, Method::kHypervisor);
}

TEST(PowerStates, TimerRunsWhileHalted) {
    const PowerFeatures opteron{.vendor = Vendor::kAmd, .signature = {0x10, 2}};
    FakeMsr msr{{{msr::kINTERRUPT_PENDING, 0x1000'0040}}, 0};
    EXPECT_TRUE(keep_timer_while_halted(opteron, msr));
    EXPECT_EQ(msr.values[msr::kINTERRUPT_PENDING], 0x40u);
    EXPECT_FALSE(keep_timer_while_halted(opteron, msr)); // is off already

    FakeMsr absent{{}, msr::kINTERRUPT_PENDING};
    EXPECT_FALSE(keep_timer_while_halted(opteron, absent));
    FakeMsr none; // on these the register means something else, or is the host's
    EXPECT_FALSE(keep_timer_while_halted({.vendor = Vendor::kAmd, .signature = {0x17, 1}}, none));
    EXPECT_FALSE(keep_timer_while_halted({.vendor = Vendor::kIntel, .signature = {0x0F, 4}}, none));
    EXPECT_FALSE(keep_timer_while_halted(
        {.vendor = Vendor::kAmd, .hypervisor = true, .signature = {0x10, 2}}, none));
}

TEST(PowerStates, HwpAtConstantMaximum) {
    const PowerFeatures features{
        .vendor = Vendor::kIntel, .eist = true, .hwp = true, .energy_preference = true};
    FakeMsr msr{{{msr::kPM_ENABLE, 0},
                 {msr::kHWP_CAPABILITIES, 0x01'08'1A'24},
                 {msr::kHWP_REQUEST, 0x80'00'FF'01}},
                0};
    const auto with = set_highest_performance(features, true, msr);
    EXPECT_EQ(msr.values[msr::kPM_ENABLE], 1u);
    EXPECT_EQ(msr.values[msr::kHWP_REQUEST], 0x24'24'24u); // energy preference 0: performance
    EXPECT_TRUE(with.uses_turbo);
    EXPECT_EQ(text_of(with), "HWP, at level 36 always; turbo in use; energy-performance bias set "
                             "to performance");
    const auto without = set_highest_performance(features, false, msr);
    EXPECT_EQ(msr.values[msr::kHWP_REQUEST], 0x1A'1A'1Au);
    EXPECT_FALSE(without.uses_turbo);
    EXPECT_TRUE(without.has_turbo);
}

/// The Xeon L5630 of the thesis: 16 × 133 MHz, 18 with turbo.
PowerFeatures westmere() {
    return {.vendor = Vendor::kIntel,
            .signature = {6, 0x2C},
            .eist = true,
            .turbo = true,
            .energy_bias = true};
}
FakeMsr westmere_registers(std::uint64_t misc_enable) {
    return {{{msr::kMISC_ENABLE, misc_enable},
             {msr::kPLATFORM_INFO, 16 << 8},
             {msr::kTURBO_RATIO_LIMIT, 0x11'11'12'12},
             {msr::kPERF_CTL, 12 << 8},
             {msr::kENERGY_PERF_BIAS, 6}},
            0};
}

TEST(PowerStates, SpeedStepAtTurboRatio) {
    FakeMsr msr = westmere_registers(0);
    const auto setting = set_highest_performance(westmere(), true, msr);
    EXPECT_EQ(msr.values[msr::kMISC_ENABLE], msr::kMISC_ENABLE_EIST);
    EXPECT_EQ(msr.values[msr::kPERF_CTL], 18u << 8);
    EXPECT_EQ(msr.values[msr::kENERGY_PERF_BIAS], 0u);
    EXPECT_EQ(text_of(setting), "SpeedStep, at ratio 18 always; turbo in use; energy-performance "
                                "bias set to performance");
}

TEST(PowerStates, SpeedStepWithoutTurbo) {
    FakeMsr msr = westmere_registers(msr::kMISC_ENABLE_EIST);
    EXPECT_FALSE(set_highest_performance(westmere(), false, msr).uses_turbo);
    EXPECT_EQ(msr.values[msr::kPERF_CTL], 16u << 8 | std::uint64_t{1} << 32);
    msr = westmere_registers(msr::kMISC_ENABLE_EIST | msr::kMISC_ENABLE_TURBO_DISABLED);
    const auto disabled = set_highest_performance(westmere(), true, msr);
    EXPECT_FALSE(disabled.has_turbo);
    EXPECT_EQ(disabled.level, 16u);
}

TEST(PowerStates, SpeedStepThatIsLockedOrOld) {
    FakeMsr locked{{{msr::kMISC_ENABLE, msr::kMISC_ENABLE_EIST_LOCKED}}, 0};
    EXPECT_EQ(set_highest_performance(westmere(), true, locked).method, Method::kLocked);
    PowerFeatures penryn = westmere();
    penryn.signature.model = 0x17;
    FakeMsr old{{{msr::kMISC_ENABLE, 0}}, 0};
    EXPECT_EQ(set_highest_performance(penryn, true, old).method, Method::kNone);
}

TEST(PowerStates, SpeedStepWithRegistersMissing) {
    for (const std::uint32_t missing :
         {msr::kMISC_ENABLE, msr::kTURBO_RATIO_LIMIT, msr::kPERF_CTL}) {
        FakeMsr msr = westmere_registers(0);
        msr.values.erase(missing);
        msr.missing = missing;
        const auto setting = set_highest_performance(westmere(), true, msr);
        EXPECT_EQ(setting.method, Method::kMissing) << std::hex << missing;
        EXPECT_EQ(text_of(setting), "promised by CPUID, but its registers are missing");
    }
    FakeMsr without_bias = westmere_registers(0);
    without_bias.values.erase(msr::kENERGY_PERF_BIAS);
    without_bias.missing = msr::kENERGY_PERF_BIAS;
    const auto setting = set_highest_performance(westmere(), true, without_bias);
    EXPECT_EQ(setting.method, Method::kSpeedStep);
    EXPECT_FALSE(setting.has_bias);
    EXPECT_EQ(without_bias.values[msr::kPERF_CTL], 18u << 8);
}

TEST(PowerStates, AmdPStatesWithRegistersMissing) {
    const PowerFeatures features{
        .vendor = Vendor::kAmd, .signature = {0x17, 0x01}, .hardware_p_states = true};
    FakeMsr msr{{{msr::kHWCR, 0}}, msr::kPSTATE_LIMIT};
    EXPECT_EQ(set_highest_performance(features, true, msr).method, Method::kMissing);
}

TEST(PowerStates, AmdPStates) {
    const PowerFeatures features{.vendor = Vendor::kAmd,
                                 .signature = {0x15, 0x01},
                                 .hardware_p_states = true,
                                 .boost = true};
    FakeMsr msr{{{msr::kHWCR, 0x0200'0010}, {msr::kPSTATE_LIMIT, 0x41}, {msr::kPSTATE_CONTROL, 4}},
                0};
    const auto setting = set_highest_performance(features, true, msr);
    EXPECT_EQ(msr.values[msr::kHWCR], 0x10u);
    EXPECT_EQ(msr.values[msr::kPSTATE_CONTROL], 1u); // the fastest that is allowed
    EXPECT_TRUE(setting.uses_turbo);
    set_highest_performance(features, false, msr);
    EXPECT_EQ(msr.values[msr::kHWCR], 0x0200'0010u);
}

TEST(PowerStates, AmdCppc) {
    const PowerFeatures features{
        .vendor = Vendor::kAmd, .signature = {0x19, 0x21}, .hardware_p_states = true, .cppc = true};
    FakeMsr msr{{{msr::kCPPC_CAPABILITY_1, 0xE4'96'3C'0B},
                 {msr::kCPPC_ENABLE, 0},
                 {msr::kCPPC_REQUEST, 0xFF00'0000}},
                0};
    EXPECT_EQ(set_highest_performance(features, true, msr).level, 0xE4u);
    EXPECT_EQ(msr.values[msr::kCPPC_ENABLE], 1u);
    EXPECT_EQ(msr.values[msr::kCPPC_REQUEST], 0xE4'E4'E4u);
    set_highest_performance(features, false, msr);
    EXPECT_EQ(msr.values[msr::kCPPC_REQUEST], 0x96'96'96u);
}

TEST(PowerStates, CppcWithoutLevelsIsNotEnabled) {
    const PowerFeatures features{
        .vendor = Vendor::kAmd, .signature = {0x19, 0x21}, .boost = true, .cppc = true};
    FakeMsr msr{{{msr::kCPPC_CAPABILITY_1, 0}}, 0}; // touching another fails the test
    EXPECT_EQ(set_highest_performance(features, true, msr).method, Method::kNone);
}

TEST(PowerStates, FeaturesFromCpuid) {
    const auto intel =
        decode_power_features({.vendor = Vendor::kIntel,
                               .leaf1 = {0x000206C2, 0, 1u << 7, 0},
                               .leaf6 = {1u << 1 | 1u << 7 | 1u << 10, 0, 1u << 3, 0},
                               .extended7 = {0, 0, 0, ~0u},
                               .extended8 = {0, ~0u, 0, 0}});
    EXPECT_EQ(intel.signature.family, 6u);
    EXPECT_EQ(intel.signature.model, 0x2Cu);
    EXPECT_TRUE(intel.eist && intel.turbo && intel.hwp && intel.energy_preference &&
                intel.energy_bias);
    EXPECT_FALSE(intel.hypervisor || intel.hardware_p_states || intel.boost || intel.cppc);
    const auto amd = decode_power_features({.vendor = Vendor::kAmd,
                                            .leaf1 = {0x00A20F10, 0, 1u << 31, 0},
                                            .leaf6 = {},
                                            .extended7 = {0, 0, 0, 1u << 7 | 1u << 9},
                                            .extended8 = {0, 1u << 27, 0, 0}});
    EXPECT_EQ(amd.signature.family, 0x19u);
    EXPECT_EQ(amd.signature.model, 0x21u);
    EXPECT_TRUE(amd.hypervisor && amd.hardware_p_states && amd.boost && amd.cppc);
}

} // namespace
} // namespace hermit::arch
