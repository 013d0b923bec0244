#include "fake_firmware.hpp"

#include <arch/firmware/fixed_hardware.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace hermit::arch::firmware {
namespace {

using Space = RegisterAddress::Space;

/// A FADT of a given length, written field by field.
class Fadt {
  public:
    Fadt(std::size_t bytes, std::uint8_t revision)
        : body_(bytes - kHeaderBytes), revision_{revision} {}
    template <class T>
    void set(std::size_t at, T value) {
        std::memcpy(body_.data() + at - kHeaderBytes, &value, sizeof(value));
    }
    void address(std::size_t at, Space space, std::uint8_t bits, std::uint64_t where) {
        set(at, static_cast<std::uint8_t>(space));
        set(at + 1, bits);
        set(at + 4, where);
    }
    Result<FixedHardware> read() {
        table_ = make_table("FACP", body_, revision_);
        return read_fixed_hardware(view(table_));
    }

  private:
    Content body_;
    Content table_;
    std::uint8_t revision_;
};

TEST(FixedHardware, FirstVersionHasPortsOnly) {
    Fadt fadt{116, 1};
    fadt.set(40, std::uint32_t{0x1000});
    fadt.set(48, std::uint32_t{0xB2});
    fadt.set(52, std::uint8_t{0xF1});
    fadt.set(64, std::uint32_t{0x604});
    fadt.set(76, std::uint32_t{0x608});
    fadt.set(112, std::uint32_t{1 << 10}); // a reset register that does not fit
    const auto found = *fadt.read();
    EXPECT_EQ(found.dsdt, 0x1000u);
    EXPECT_EQ(found.pm1a_control.space, Space::kPort);
    EXPECT_EQ(found.pm1a_control.address, 0x604u);
    EXPECT_FALSE(found.pm1b_control);
    EXPECT_EQ(found.pm_timer.address, 0x608u);
    EXPECT_FALSE(found.pm_timer_is_32_bits);
    EXPECT_FALSE(found.reset);
    EXPECT_EQ(found.smi_command, 0xB2);
    EXPECT_EQ(found.acpi_enable, 0xF1);
    EXPECT_TRUE(found.has_keyboard_controller); // of that age, all had one
}

TEST(FixedHardware, ExtendedAddressesGoFirst) {
    Fadt fadt{276, 6};
    fadt.set(40, std::uint32_t{0x1000});
    fadt.set(64, std::uint32_t{0x604});
    fadt.set(112, std::uint32_t{1 << 10 | 1 << 8});
    fadt.address(116, Space::kPort, 8, 0xCF9);
    fadt.set(128, std::uint8_t{0x0F});
    fadt.set(140, std::uint64_t{0x2000});
    fadt.address(172, Space::kMemory, 16, 0x1'0000'0004);
    fadt.address(208, Space::kPort, 32, 0x608);
    const auto found = *fadt.read();
    EXPECT_EQ(found.dsdt, 0x2000u);
    EXPECT_EQ(found.pm1a_control.space, Space::kMemory);
    EXPECT_EQ(found.pm1a_control.address, 0x1'0000'0004u);
    EXPECT_TRUE(found.pm_timer_is_32_bits);
    EXPECT_EQ(found.reset.address, 0xCF9u);
    EXPECT_EQ(found.reset_value, 0x0F);
    EXPECT_FALSE(found.has_keyboard_controller);
    EXPECT_FALSE(found.reduced);
}

TEST(FixedHardware, ReducedHardwareHasASleepRegister) {
    Fadt fadt{276, 6};
    fadt.set(64, std::uint32_t{0x604});
    fadt.set(112, std::uint32_t{1 << 20});
    fadt.address(244, Space::kMemory, 8, 0xFEA00000);
    const auto found = *fadt.read();
    EXPECT_TRUE(found.reduced);
    EXPECT_EQ(found.sleep_control.address, 0xFEA00000u);
    EXPECT_FALSE(found.pm1a_control);
    EXPECT_FALSE(found.pm_timer);
}

TEST(FixedHardware, TooShortIsAnError) { EXPECT_FALSE((Fadt{115, 1}.read())); }

SoftOff soft_off_of(const Content& code) {
    const Content table = make_table("DSDT", code);
    return find_soft_off(view(table));
}

TEST(FixedHardware, SoftOffOfSeveralForms) {
    // Name(_S5_, Package(4){5, 6, 0, 0}) with byte constants, with small ones, at the root.
    const auto bytes =
        soft_off_of({0x10, 8, '_', 'S', '5', '_', 0x12, 8, 4, 0x0A, 5, 0x0A, 6, 0, 0});
    EXPECT_TRUE(bytes.known);
    EXPECT_EQ(bytes.type_a, 5);
    EXPECT_EQ(bytes.type_b, 6);
    const auto small = soft_off_of({8, '\\', '_', 'S', '5', '_', 0x12, 6, 4, 0, 1, 0, 0});
    EXPECT_TRUE(small.known);
    EXPECT_EQ(small.type_a, 0);
    EXPECT_EQ(small.type_b, 1);
    // A package length of two bytes, one element, a word.
    const auto one = soft_off_of({8, '_', 'S', '5', '_', 0x12, 0x46, 0, 1, 0x0B, 7, 0});
    EXPECT_TRUE(one.known);
    EXPECT_EQ(one.type_a, 7);
    EXPECT_EQ(one.type_b, 0);
}

TEST(FixedHardware, OtherUsesOfTheNameAreNotTheDefinition) {
    EXPECT_FALSE(soft_off_of({}).known);
    EXPECT_FALSE(soft_off_of({8, '_', 'S', '5', '_'}).known);
    EXPECT_FALSE(soft_off_of({8, '_', 'S', '5', '_', 0x12}).known);
    EXPECT_FALSE(soft_off_of({8, '_', 'S', '5', '_', 0x12, 0xC6, 1, 1}).known);
    EXPECT_FALSE(soft_off_of({8, '_', 'S', '5', '_', 0x12, 6, 4, 0x0A}).known);
    EXPECT_FALSE(soft_off_of({8, '_', 'S', '5', '_', 0x12, 6, 0, 0}).known); // empty package
    EXPECT_FALSE(soft_off_of({0x70, '_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0}).known);
    // A use before the definition.
    const auto later = soft_off_of(
        {0x70, '_', 'S', '5', '_', 0x60, 8, '_', 'S', '5', '_', 0x12, 6, 4, 0x0A, 9, 0, 0, 0});
    EXPECT_TRUE(later.known);
    EXPECT_EQ(later.type_a, 9);
}

} // namespace
} // namespace hermit::arch::firmware
