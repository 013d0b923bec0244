// What is known of a PCI function: identity, address ranges, capabilities.
#pragma once

#include <pci/configuration.hpp>

#include <array>
#include <cstdint>

namespace hermit::pci {

/// A range of addresses that a device answers to (base address register). [pci/3.0] §6.2.5.
struct Bar {
    enum class Kind : std::uint8_t { kNone, kPorts, kMemory };
    Kind kind = Kind::kNone;
    bool is_64_bits = false;
    bool is_prefetchable = false;
    std::uint64_t address = 0; // 0: the firmware has not assigned one
    std::uint64_t bytes = 0;
};

/// Offsets of capabilities in configuration space; 0: not there.
struct Capabilities {
    std::uint8_t msi = 0;
    std::uint8_t msi_x = 0;
    std::uint8_t express = 0;
};

struct Device {
    Address address;
    std::uint16_t vendor = 0;
    std::uint16_t device = 0;
    std::uint16_t subsystem_vendor = 0; // of ordinary devices only
    std::uint16_t subsystem = 0;
    std::uint8_t base_class = 0;
    std::uint8_t sub_class = 0;
    std::uint8_t interface = 0;
    std::uint8_t revision = 0;
    bool is_bridge = false;
    std::uint8_t secondary_bus = 0;  // of a bridge
    std::uint8_t interrupt_line = 0; // 8259 input by the firmware's account; 0 and 255: none
    std::uint8_t interrupt_pin = 0;  // 1 to 4: INTA to INTD; 0: none
    std::array<Bar, 6> bars;
    Capabilities capabilities;
};

/// Reads a function's registers, except its address ranges. Pure but for `space`.
Device read_device(ConfigurationSpace& space, Address address);

/// Reads the address ranges and how large they are. For that the device must not answer for a
/// moment: only before its driver starts, on one core. Pure but for `space`.
void measure_bars(ConfigurationSpace& space, Device& device);

/// Walks the list of capabilities, which bad hardware may have closed to a ring. Pure but for
/// `space`. [pci/3.0] §6.7.
Capabilities find_capabilities(ConfigurationSpace& space, Address address);

/// "Ethernet controller" for base class 2, subclass 0. Never null. [pci/3.0] appendix D.
const char* class_name(std::uint8_t base_class, std::uint8_t sub_class);

} // namespace hermit::pci
