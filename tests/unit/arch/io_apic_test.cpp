#include <arch/io_apic.hpp>

#include <gtest/gtest.h>

#include <map>

namespace hermit::arch::io_apic {
namespace {

/// Registers that remember what was written.
struct FakeAccess {
    std::map<std::uint32_t, std::uint32_t>* registers;

    std::uint32_t read(std::uint32_t index) const { return (*registers)[index]; }
    void write(std::uint32_t index, std::uint32_t value) const { (*registers)[index] = value; }
};

TEST(IoApic, EntriesHaveTheirFieldsInPlace) {
    EXPECT_EQ(Redirection{}.encode(), 0x10000u); // masked
    EXPECT_EQ((Redirection{.vector = 0x40, .apic_id = 0xFE, .masked = false}.encode()),
              0xFE00'0000'0000'0040u);
    EXPECT_EQ((Redirection{.active_low = true, .level_triggered = true, .masked = false}.encode()),
              0xA000u);
    EXPECT_EQ((Redirection{.masked = false, .is_nmi = true}.encode()), 0x400u);
}

TEST(IoApic, KnowsItsInputsAndMasksThemAll) {
    std::map<std::uint32_t, std::uint32_t> registers{{1, 0x0017'0020}};
    Controller<FakeAccess> controller{{&registers}, 24};
    EXPECT_EQ(controller.count(), 24u);
    EXPECT_FALSE(controller.has(23));
    EXPECT_TRUE(controller.has(24));
    EXPECT_TRUE(controller.has(47));
    EXPECT_FALSE(controller.has(48));
    controller.mask_all();
    for (std::uint32_t i = 0; i < 24; ++i) {
        EXPECT_EQ(registers[0x10 + 2 * i], 0x10000u);
    }
    EXPECT_EQ(registers.count(0x10 + 48), 0u);
}

TEST(IoApic, RoutesOneInput) {
    std::map<std::uint32_t, std::uint32_t> registers{{1, 0x0017'0020}};
    Controller<FakeAccess> controller{{&registers}, 0};
    controller.set(2, {.vector = 0x41, .apic_id = 3, .masked = false});
    EXPECT_EQ(registers[0x14], 0x41u);
    EXPECT_EQ(registers[0x15], 0x0300'0000u);
}

} // namespace
} // namespace hermit::arch::io_apic
