// PCI configuration space: addresses, registers, and how they are reached. [pci/3.0] chapter 6.
#pragma once

#include <cstdint>

namespace hermit::pci {

/// A function of a device.
struct Address {
    std::uint16_t segment = 0;
    std::uint8_t bus = 0;
    std::uint8_t device = 0;   // below 32
    std::uint8_t function = 0; // below 8
    friend constexpr bool operator==(Address, Address) = default;
};

/// Reads and writes configuration registers. Offsets are multiples of 4, below 256 by ports and
/// below 4096 in memory-mapped space; what is out of reach reads as all ones, as absent devices do.
class ConfigurationSpace {
  public:
    virtual std::uint32_t read(Address address, unsigned offset) = 0;
    virtual void write(Address address, unsigned offset, std::uint32_t value) = 0;

    /// Parts of a register; `offset` is a multiple of their size. Little endian.
    std::uint16_t read16(Address address, unsigned offset) {
        return static_cast<std::uint16_t>(read(address, offset & ~3u) >> (offset & 2) * 8);
    }
    std::uint8_t read8(Address address, unsigned offset) {
        return static_cast<std::uint8_t>(read(address, offset & ~3u) >> (offset & 3) * 8);
    }
    /// Writes a half register; the other half is written as it was read.
    void write16(Address address, unsigned offset, std::uint16_t value) {
        const unsigned shift = (offset & 2) * 8;
        const std::uint32_t old = read(address, offset & ~3u);
        write(address, offset & ~3u,
              (old & ~(0xFFFFu << shift)) | static_cast<std::uint32_t>(value) << shift);
    }

  protected:
    ~ConfigurationSpace() = default;
};

/// Offsets in the header. [pci/3.0] §6.1.
namespace reg {
inline constexpr unsigned kVendor = 0x00;
inline constexpr unsigned kDevice = 0x02;
inline constexpr unsigned kCommand = 0x04;
inline constexpr unsigned kStatus = 0x06;
inline constexpr unsigned kRevision = 0x08; // class code in the three bytes above
inline constexpr unsigned kHeaderType = 0x0E;
inline constexpr unsigned kFirstBar = 0x10;
inline constexpr unsigned kSecondaryBus = 0x19; // of a bridge
inline constexpr unsigned kSubsystemVendor = 0x2C;
inline constexpr unsigned kCapabilities = 0x34;
inline constexpr unsigned kInterruptLine = 0x3C;
inline constexpr unsigned kInterruptPin = 0x3D;
} // namespace reg

/// Bits of the command register. [pci/3.0] §6.2.2.
namespace command {
inline constexpr std::uint16_t kPorts = 1 << 0;
inline constexpr std::uint16_t kMemory = 1 << 1;
inline constexpr std::uint16_t kBusMaster = 1 << 2;
inline constexpr std::uint16_t kNoPinInterrupt = 1 << 10;
} // namespace command

} // namespace hermit::pci
