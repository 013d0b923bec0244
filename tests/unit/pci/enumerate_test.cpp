#include "fake_bus.hpp"

#include <pci/enumerate.hpp>

#include <string>
#include <vector>

namespace hermit::pci {
namespace {

using test::FakeBus;
using test::Function;

constexpr std::uint32_t kHost = 0x060000;
constexpr std::uint32_t kBridge = 0x060400;
constexpr std::uint32_t kNetwork = 0x020000;

struct List final : DeviceSink {
    void found(const Device& device) override { devices.push_back(device); }
    std::vector<std::string> places() const {
        std::vector<std::string> result;
        for (const Device& device : devices) {
            result.push_back(std::to_string(device.address.bus) + ":" +
                             std::to_string(device.address.device) + "." +
                             std::to_string(device.address.function));
        }
        return result;
    }
    std::vector<Device> devices;
};
using Places = std::vector<std::string>;

TEST(Enumerate, EmptyMachine) {
    FakeBus bus;
    List list;
    enumerate(bus, 0, 0, list);
    EXPECT_TRUE(list.devices.empty());
}

TEST(Enumerate, FunctionsAreLookedForOnlyWhereThereAreSome) {
    FakeBus bus;
    bus.add({0, 0, 3, 0}, Function(1, 2, kNetwork));
    bus.add({0, 0, 3, 1}, Function(1, 2, kNetwork)); // the same device, decoded twice
    bus.add({0, 0, 31, 0}, Function(1, 2, kNetwork).header(0x80));
    bus.add({0, 0, 31, 7}, Function(1, 2, kNetwork));
    List list;
    enumerate(bus, 0, 0, list);
    EXPECT_EQ(list.places(), (Places{"0:3.0", "0:31.0", "0:31.7"}));
    EXPECT_EQ(bus.writes, 0);
}

TEST(Enumerate, BridgesAreFollowedOnce) {
    FakeBus bus;
    bus.add({0, 0, 0, 0}, Function(1, 1, kHost));
    bus.add({0, 0, 1, 0}, Function(1, 2, kBridge).bridge_to(5));
    bus.add({0, 0, 2, 0}, Function(1, 2, kBridge).bridge_to(5)); // bad firmware
    bus.add({0, 0, 3, 0}, Function(1, 2, kBridge).bridge_to(0)); // not configured
    bus.add({0, 5, 0, 0}, Function(1, 2, kBridge).bridge_to(255));
    bus.add({0, 255, 31, 0}, Function(1, 2, kBridge).bridge_to(5)); // a ring
    bus.add({0, 7, 0, 0}, Function(1, 2, kNetwork));                // out of reach
    List list;
    enumerate(bus, 0, 0, list);
    EXPECT_EQ(list.places(), (Places{"0:0.0", "0:1.0", "0:2.0", "0:3.0", "5:0.0", "255:31.0"}));
}

TEST(Enumerate, FurtherHostBridges) {
    FakeBus bus;
    bus.add({0, 0, 0, 0}, Function(1, 1, kHost).header(0x80));
    bus.add({0, 0, 0, 2}, Function(1, 1, kHost));
    bus.add({0, 2, 4, 0}, Function(1, 2, kNetwork));
    List list;
    enumerate(bus, 0, 0, list);
    EXPECT_EQ(list.places(), (Places{"0:0.0", "0:0.2", "2:4.0"}));
}

TEST(Enumerate, SegmentsAreKeptApart) {
    FakeBus bus;
    bus.add({3, 16, 0, 0}, Function(1, 2, kNetwork));
    List list;
    enumerate(bus, 0, 0, list);
    EXPECT_TRUE(list.devices.empty());
    enumerate(bus, 3, 16, list);
    EXPECT_EQ(list.places(), (Places{"16:0.0"}));
}

TEST(ReadDevice, Identity) {
    FakeBus bus;
    Function& function = bus.add({0, 0, 4, 0}, Function(0x8086, 0x10C9, kNetwork));
    function.values[11] = 0x1234'5678;
    function.values[15] = 0x0000'020A;
    const Device device = read_device(bus, {0, 0, 4, 0});
    EXPECT_EQ(device.vendor, 0x8086);
    EXPECT_EQ(device.device, 0x10C9);
    EXPECT_EQ(device.subsystem_vendor, 0x5678);
    EXPECT_EQ(device.subsystem, 0x1234);
    EXPECT_EQ(device.base_class, 2);
    EXPECT_EQ(device.sub_class, 0);
    EXPECT_EQ(device.revision, 0x42);
    EXPECT_EQ(device.interrupt_line, 10);
    EXPECT_EQ(device.interrupt_pin, 2);
    EXPECT_STREQ(class_name(device.base_class, device.sub_class), "Ethernet controller");
    EXPECT_STREQ(class_name(0xEE, 0), "Device");
}

TEST(ReadDevice, CapabilitiesAndTheirRings) {
    FakeBus bus;
    Function& function = bus.add({}, Function(1, 2, kNetwork));
    EXPECT_EQ(find_capabilities(bus, {}).msi, 0);
    function.capability(0x50, 0x05).capability(0x70, 0x11).capability(0xF0, 0x10);
    Capabilities found = find_capabilities(bus, {});
    EXPECT_EQ(found.msi, 0x50);
    EXPECT_EQ(found.msi_x, 0x70);
    EXPECT_EQ(found.express, 0xF0);
    function.values[0x50 / 4] |= 0xF000; // back to the first
    found = find_capabilities(bus, {});
    EXPECT_EQ(found.msi, 0x50);
    function.values[0x50 / 4] = 0x1005; // into the header
    EXPECT_EQ(find_capabilities(bus, {}).msi, 0x50);
}

} // namespace
} // namespace hermit::pci
