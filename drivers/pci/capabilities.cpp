#include <pci/device.hpp>

namespace hermit::pci {
namespace {

constexpr std::uint16_t kHasList = 1 << 4; // in the status register
constexpr std::uint8_t kMsi = 0x05;
constexpr std::uint8_t kExpress = 0x10;
constexpr std::uint8_t kMsiX = 0x11;
constexpr unsigned kFirst = 0x40; // behind the header
constexpr unsigned kMost = (256 - kFirst) / 4;

} // namespace

Capabilities find_capabilities(ConfigurationSpace& space, Address address) {
    Capabilities found;
    if ((space.read16(address, reg::kStatus) & kHasList) == 0) {
        return found;
    }
    unsigned offset = space.read8(address, reg::kCapabilities) & ~3u;
    for (unsigned i = 0; i < kMost && offset >= kFirst; ++i) {
        const std::uint32_t head = space.read(address, offset);
        const auto at = static_cast<std::uint8_t>(offset);
        switch (head & 0xFF) {
        case kMsi:
            found.msi = at;
            break;
        case kExpress:
            found.express = at;
            break;
        case kMsiX:
            found.msi_x = at;
            break;
        default:
            break;
        }
        offset = head >> 8 & 0xFC;
    }
    return found;
}

} // namespace hermit::pci
