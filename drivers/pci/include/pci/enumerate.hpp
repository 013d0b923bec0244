// Finds all functions below a segment's host bridges.
#pragma once

#include <pci/device.hpp>

namespace hermit::pci {

/// Told of each function that is found, in order of bus, device and function below each bridge.
class DeviceSink {
  public:
    virtual void found(const Device& device) = 0;

  protected:
    ~DeviceSink() = default;
};

/// Visits the functions of all buses that can be reached from `first_bus`: multi-function devices,
/// bridges, and further host bridges, which are functions of the first one. Bridges that point to a
/// bus twice, or back, are followed once. The address ranges are not measured. Pure but for
/// `space`.
void enumerate(ConfigurationSpace& space, std::uint16_t segment, std::uint8_t first_bus,
               DeviceSink& sink);

} // namespace hermit::pci
