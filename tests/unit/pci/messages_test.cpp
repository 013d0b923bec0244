#include "fake_bus.hpp"

#include <pci/messages.hpp>

namespace hermit::pci {
namespace {

using test::FakeBus;
using test::Function;

constexpr std::uint32_t kNetwork = 0x020000;
constexpr std::uint16_t kMsi64 = 1 << 7;

class MessagesTest : public testing::Test {
  protected:
    Function& put(Function function) {
        for (unsigned i = 16; i < 64; ++i) {
            function.writable[i] = ~0u;
        }
        return bus.add({}, function);
    }
    Device device() {
        Device found = read_device(bus, {});
        measure_bars(bus, found);
        return found;
    }
    FakeBus bus;
};

TEST_F(MessagesTest, NamesCoreAndVector) {
    EXPECT_EQ(*message_to(0, 0x41), (Message{0xFEE0'0000, 0x41}));
    EXPECT_EQ(*message_to(255, 0xFE), (Message{0xFEEF'F000, 0xFE}));
    EXPECT_EQ(message_to(256, 0x41).error().code, Errc::kInvalidArgument);
}

TEST_F(MessagesTest, MsiOf32Bits) {
    Function& function = put(Function(1, 2, kNetwork).capability(0x50, 5, 3 << 4));
    ASSERT_TRUE(enable_msi(bus, device(), {0xFEE0'1000, 0x55}));
    EXPECT_EQ(function.values[0x50 / 4] >> 16, 1u) << "enabled, with one message";
    EXPECT_EQ(function.values[0x54 / 4], 0xFEE0'1000u);
    EXPECT_EQ(function.values[0x58 / 4], 0x55u);
    EXPECT_EQ(function.values[1] & command::kNoPinInterrupt, command::kNoPinInterrupt);
    EXPECT_EQ(enable_msi(bus, device(), {0x1'0000'0000, 1}).error().code, Errc::kInvalidArgument);
    disable_msi(bus, device());
    EXPECT_EQ(function.values[0x50 / 4] >> 16, 0u);
}

TEST_F(MessagesTest, MsiOf64Bits) {
    Function& function = put(Function(1, 2, kNetwork).capability(0x50, 5, kMsi64));
    function.values[0x5C / 4] = 0xABCD'0000;
    ASSERT_TRUE(enable_msi(bus, device(), {0x2'FEE0'1000, 0x55}));
    EXPECT_EQ(function.values[0x54 / 4], 0xFEE0'1000u);
    EXPECT_EQ(function.values[0x58 / 4], 2u);
    EXPECT_EQ(function.values[0x5C / 4], 0xABCD'0055u) << "the other half is not ours";
}

TEST_F(MessagesTest, NoMsi) {
    Function& function = put(Function(1, 2, kNetwork));
    const auto before = function.values;
    EXPECT_EQ(enable_msi(bus, device(), {}).error().code, Errc::kNotFound);
    EXPECT_EQ(find_msi_x(bus, device()).error().code, Errc::kNotFound);
    EXPECT_EQ(enable_msi_x(bus, device()).error().code, Errc::kNotFound);
    disable_msi(bus, device());
    disable_msi_x(bus, device());
    EXPECT_EQ(function.values, before) << "nothing of it was touched";
}

TEST_F(MessagesTest, MsiXTable) {
    Function& function =
        put(Function(1, 2, kNetwork).bar(3, 0xFE00'0000, 0xFFFF'C000).capability(0x70, 0x11, 4));
    function.values[0x74 / 4] = 0x2003; // BAR 3
    const auto table = *find_msi_x(bus, device());
    EXPECT_EQ(table.entries, 5u);
    EXPECT_EQ(table.bar, 3u);
    EXPECT_EQ(table.offset, 0x2000u);
    std::uint32_t memory[20] = {};
    write_msi_x_entry(memory, 4, {0xFEE0'3000, 0x66}, false);
    EXPECT_EQ(memory[16], 0xFEE0'3000u);
    EXPECT_EQ(memory[18], 0x66u);
    EXPECT_EQ(memory[19], 0u);
    write_msi_x_entry(memory, 4, {0xFEE0'3000, 0x66}, true);
    EXPECT_EQ(memory[19], 1u);
    ASSERT_TRUE(enable_msi_x(bus, device()));
    EXPECT_EQ(function.values[0x70 / 4] >> 16, 0x8004u);
    disable_msi_x(bus, device());
    EXPECT_EQ(function.values[0x70 / 4] >> 16, 4u);
}

TEST_F(MessagesTest, MsiXTableMustLieInTheDevicesMemory) {
    Function& function =
        put(Function(1, 2, kNetwork).bar(3, 0xFE00'0000, 0xFFFF'C000).capability(0x70, 0x11, 4));
    for (const std::uint32_t place : {0x3FF3u, 0xFFFF'FFFBu, 0x2004u, 0x2006u, 0x2007u}) {
        function.values[0x74 / 4] = place;
        EXPECT_FALSE(find_msi_x(bus, device())) << std::hex << place;
    }
}

} // namespace
} // namespace hermit::pci
