#include <pci/messages.hpp>

namespace hermit::pci {
namespace {

// [pci/3.0] §6.8.1: control, address, upper address if there is one, data.
constexpr std::uint16_t kMsiEnable = 1 << 0;
constexpr std::uint16_t kMsiCount = 7 << 4;
constexpr std::uint16_t kMsi64 = 1 << 7;
// [pci/3.0] §6.8.2.
constexpr std::uint16_t kMsiXEnable = 1 << 15;
constexpr std::uint16_t kMsiXMaskAll = 1 << 14;
constexpr std::uint16_t kMsiXSize = 0x7FF;
constexpr std::uint32_t kMsiXBar = 7;
constexpr unsigned kControl = 2;

constexpr std::uint64_t kLocalApics = 0xFEE00000;

void set_control(ConfigurationSpace& space, Address address, unsigned capability,
                 std::uint16_t clear, std::uint16_t set) {
    const std::uint16_t old = space.read16(address, capability + kControl);
    space.write16(address, capability + kControl, static_cast<std::uint16_t>((old & ~clear) | set));
}

void silence_pin(ConfigurationSpace& space, Address address) {
    const std::uint16_t old = space.read16(address, reg::kCommand);
    // The upper half is the status, whose bits are cleared by ones: write zeros.
    space.write(address, reg::kCommand, std::uint32_t{old} | command::kNoPinInterrupt);
}

} // namespace

Result<Message> message_to(std::uint32_t apic_id, std::uint8_t vector) {
    if (apic_id > 0xFF) {
        return Error{Errc::kInvalidArgument, "messages reach APIC IDs up to 255 only"};
    }
    return Message{kLocalApics | std::uint64_t{apic_id} << 12, vector};
}

Result<void> enable_msi(ConfigurationSpace& space, const Device& device, Message message) {
    const unsigned capability = device.capabilities.msi;
    if (capability == 0) {
        return Error{Errc::kNotFound, "device has no MSI"};
    }
    const Address address = device.address;
    const std::uint16_t control = space.read16(address, capability + kControl);
    const bool is_64_bits = (control & kMsi64) != 0;
    if (message.address >> 32 != 0 && !is_64_bits) {
        return Error{Errc::kInvalidArgument, "device writes below 4 GiB only"};
    }
    set_control(space, address, capability, kMsiEnable | kMsiCount, 0);
    space.write(address, capability + 4, static_cast<std::uint32_t>(message.address));
    if (is_64_bits) {
        space.write(address, capability + 8, static_cast<std::uint32_t>(message.address >> 32));
    }
    space.write16(address, capability + (is_64_bits ? 12 : 8),
                  static_cast<std::uint16_t>(message.data));
    silence_pin(space, address);
    set_control(space, address, capability, 0, kMsiEnable);
    return {};
}

void disable_msi(ConfigurationSpace& space, const Device& device) {
    if (device.capabilities.msi != 0) {
        set_control(space, device.address, device.capabilities.msi, kMsiEnable, 0);
    }
}

Result<MsiXTable> find_msi_x(ConfigurationSpace& space, const Device& device) {
    const unsigned capability = device.capabilities.msi_x;
    if (capability == 0) {
        return Error{Errc::kNotFound, "device has no MSI-X"};
    }
    MsiXTable table;
    table.entries = (space.read16(device.address, capability + kControl) & kMsiXSize) + 1u;
    const std::uint32_t place = space.read(device.address, capability + 4);
    table.bar = place & kMsiXBar;
    table.offset = place & ~kMsiXBar;
    const bool has_bar =
        table.bar < device.bars.size() && device.bars[table.bar].kind == Bar::Kind::kMemory &&
        device.bars[table.bar].bytes >= table.offset + std::uint64_t{table.bytes()};
    if (!has_bar) {
        return Error{Errc::kNotFound, "table of messages lies outside of the device's memory"};
    }
    return table;
}

void write_msi_x_entry(volatile std::uint32_t* table, unsigned entry, Message message,
                       bool masked) {
    volatile std::uint32_t* const at = table + entry * (MsiXTable::kEntryBytes / 4);
    at[3] = 1; // masked while it changes
    at[0] = static_cast<std::uint32_t>(message.address);
    at[1] = static_cast<std::uint32_t>(message.address >> 32);
    at[2] = message.data;
    at[3] = masked ? 1 : 0;
}

Result<void> enable_msi_x(ConfigurationSpace& space, const Device& device) {
    if (device.capabilities.msi_x == 0) {
        return Error{Errc::kNotFound, "device has no MSI-X"};
    }
    silence_pin(space, device.address);
    set_control(space, device.address, device.capabilities.msi_x, kMsiXMaskAll, kMsiXEnable);
    return {};
}

void disable_msi_x(ConfigurationSpace& space, const Device& device) {
    if (device.capabilities.msi_x != 0) {
        set_control(space, device.address, device.capabilities.msi_x, kMsiXEnable, 0);
    }
}

} // namespace hermit::pci
