// Interrupts as memory writes: MSI and MSI-X. [pci/3.0] §6.8.
#pragma once

#include <base/result.hpp>
#include <pci/device.hpp>

#include <cstdint>

namespace hermit::pci {

/// What a device writes where to interrupt a core.
struct Message {
    std::uint64_t address = 0;
    std::uint32_t data = 0;
    friend constexpr bool operator==(Message, Message) = default;
};

/// The message that raises `vector`, edge triggered, on the core with this APIC ID. IDs above 255
/// cannot be named without remapping hardware: kInvalidArgument. [intel/vol3] §11.11.
Result<Message> message_to(std::uint32_t apic_id, std::uint8_t vector);

/// Lets the device interrupt by one message, and no longer by its pin. Errors: kNotFound if it has
/// no MSI, kInvalidArgument for an address above 4 GiB that it cannot write to.
Result<void> enable_msi(ConfigurationSpace& space, const Device& device, Message message);
void disable_msi(ConfigurationSpace& space, const Device& device);

/// Where a device's table of messages is.
struct MsiXTable {
    unsigned entries = 0;
    unsigned bar = 0;
    std::uint32_t offset = 0; // in the range of that BAR
    static constexpr unsigned kEntryBytes = 16;
    std::uint32_t bytes() const { return entries * kEntryBytes; }
};

/// Errors: kNotFound if the device has no MSI-X, or says that its table is where no range is.
Result<MsiXTable> find_msi_x(ConfigurationSpace& space, const Device& device);

/// Writes one entry of the table, whose first entry is mapped at `table`; masked if so told.
void write_msi_x_entry(volatile std::uint32_t* table, unsigned entry, Message message, bool masked);

/// Lets the device interrupt by the messages of its table, and no longer by its pin. Errors:
/// kNotFound if it has no MSI-X.
[[nodiscard]] Result<void> enable_msi_x(ConfigurationSpace& space, const Device& device);
void disable_msi_x(ConfigurationSpace& space, const Device& device);

} // namespace hermit::pci
