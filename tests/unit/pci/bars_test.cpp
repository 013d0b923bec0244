#include "fake_bus.hpp"

#include <pci/device.hpp>

namespace hermit::pci {
namespace {

using test::FakeBus;
using test::Function;
using Kind = Bar::Kind;

constexpr std::uint32_t kNetwork = 0x020000;

Device measured(FakeBus& bus) {
    Device device = read_device(bus, {});
    measure_bars(bus, device);
    return device;
}

TEST(Bars, EveryKind) {
    FakeBus bus;
    Function& function = bus.add({}, Function(1, 2, kNetwork)
                                         .bar(0, 0xFEB0'0000, 0xFFFE'0000)
                                         .bar(1, 0x0000'C041, 0x0000'FFE0)
                                         .bar(2, 0xC000'000C, 0xFF00'0000)
                                         .bar(3, 0x0000'0001, 0xFFFF'FFFF)
                                         .bar(5, 0xFE00'0000, 0xFFFF'F000));
    function.values[1] = 0x0010'0007;
    const auto before = function.values;
    const Device device = measured(bus);
    EXPECT_EQ(device.bars[0].kind, Kind::kMemory);
    EXPECT_EQ(device.bars[0].address, 0xFEB0'0000u);
    EXPECT_EQ(device.bars[0].bytes, 0x2'0000u);
    EXPECT_EQ(device.bars[1].kind, Kind::kPorts);
    EXPECT_EQ(device.bars[1].address, 0xC040u);
    EXPECT_EQ(device.bars[1].bytes, 32u);
    EXPECT_TRUE(device.bars[2].is_64_bits && device.bars[2].is_prefetchable);
    EXPECT_EQ(device.bars[2].address, 0x1'C000'0000u);
    EXPECT_EQ(device.bars[2].bytes, 0x100'0000u);
    EXPECT_EQ(device.bars[3].kind, Kind::kNone) << "the upper half of the one before";
    EXPECT_EQ(device.bars[4].kind, Kind::kNone);
    EXPECT_EQ(device.bars[5].bytes, 4096u);
    EXPECT_EQ(function.values, before) << "registers are as they were";
}

TEST(Bars, LargerThan4GiB) {
    FakeBus bus;
    bus.add({}, Function(1, 2, kNetwork).bar(0, 0x0000'0004, 0).bar(1, 0x80, 0xFFFF'FFF8));
    EXPECT_EQ(measured(bus).bars[0].bytes, std::uint64_t{8} << 32);
    EXPECT_EQ(measured(bus).bars[0].address, std::uint64_t{0x80} << 32);
}

TEST(Bars, A64BitRangeInTheLastRegisterHasNoUpperHalf) {
    FakeBus bus;
    bus.add({}, Function(1, 2, kNetwork).bar(5, 0xFE00'0004, 0xFFFF'F000));
    const Device device = measured(bus);
    EXPECT_FALSE(device.bars[5].is_64_bits);
    EXPECT_EQ(device.bars[5].bytes, 4096u);
}

TEST(Bars, BridgesHaveTwoAndHostBridgesKeepTheirs) {
    FakeBus bus;
    bus.add({}, Function(1, 2, 0x060400).bridge_to(1).bar(0, 0xFE00'0000, 0xFFFF'F000));
    const Device bridge = measured(bus);
    EXPECT_EQ(bridge.bars[0].bytes, 4096u);
    EXPECT_EQ(bridge.secondary_bus, 1);
    FakeBus host;
    host.add({}, Function(1, 2, 0x060000).bar(0, 0xFE00'0000, 0xFFFF'F000));
    EXPECT_EQ(measured(host).bars[0].kind, Kind::kNone);
    EXPECT_EQ(host.writes, 0);
}

} // namespace
} // namespace hermit::pci
