#include <arch/power.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace hermit::arch {
namespace {

using Steps = std::vector<EndStep>;
using Space = firmware::RegisterAddress::Space;

Steps steps(Ending ending, bool has_exit_device, bool is_virtual,
            const firmware::FixedHardware& hardware) {
    const EndPlan plan = plan_end(ending, has_exit_device, is_virtual, hardware);
    return {plan.step, plan.step + plan.count};
}

firmware::FixedHardware everything() {
    firmware::FixedHardware hardware;
    hardware.pm1a_control = {Space::kPort, 16, 0x604};
    hardware.soft_off.known = true;
    hardware.reset = {Space::kPort, 8, 0xCF9};
    return hardware;
}

constexpr auto kVirtual = true;
constexpr auto kReal = false;

TEST(EndPlan, OffTriesAllThatEndsAVirtualMachine) {
    EXPECT_EQ(steps(Ending::kOff, true, kVirtual, everything()),
              (Steps{EndStep::kExitDevice, EndStep::kSoftOff, EndStep::kResetRegister,
                     EndStep::kKeyboardController, EndStep::kTripleFault, EndStep::kHalt}));
}

TEST(EndPlan, OffNeverRestartsARealMachine) {
    EXPECT_EQ(steps(Ending::kOff, false, kReal, everything()),
              (Steps{EndStep::kSoftOff, EndStep::kHalt}));
    EXPECT_EQ(steps(Ending::kOff, false, kReal, {}), (Steps{EndStep::kHalt}));
}

TEST(EndPlan, WithoutAcpi) {
    EXPECT_EQ(steps(Ending::kOff, false, kVirtual, {}),
              (Steps{EndStep::kKeyboardController, EndStep::kTripleFault, EndStep::kHalt}));
    firmware::FixedHardware hardware = everything();
    hardware.soft_off.known = false;
    hardware.reset = {};
    hardware.has_keyboard_controller = false;
    EXPECT_EQ(steps(Ending::kOff, false, kVirtual, hardware),
              (Steps{EndStep::kTripleFault, EndStep::kHalt}));
}

TEST(EndPlan, SoftOffNeedsARegister) {
    firmware::FixedHardware hardware = everything();
    hardware.pm1a_control = {};
    EXPECT_EQ(steps(Ending::kOff, false, kReal, hardware), (Steps{EndStep::kHalt}));
    hardware.sleep_control = {Space::kMemory, 8, 0xFEA00000};
    EXPECT_EQ(steps(Ending::kOff, false, kReal, hardware),
              (Steps{EndStep::kSoftOff, EndStep::kHalt}));
}

TEST(EndPlan, RebootAndHalt) {
    for (const bool where : {kVirtual, kReal}) {
        EXPECT_EQ(steps(Ending::kReboot, true, where, everything()),
                  (Steps{EndStep::kResetRegister, EndStep::kKeyboardController,
                         EndStep::kTripleFault, EndStep::kHalt}));
        EXPECT_EQ(steps(Ending::kHalt, true, where, everything()), (Steps{EndStep::kHalt}));
    }
}

} // namespace
} // namespace hermit::arch
