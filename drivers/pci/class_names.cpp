#include <pci/device.hpp>

#include <iterator>

namespace hermit::pci {
namespace {

constexpr std::uint8_t kAny = 0xFF;

struct Name {
    std::uint8_t base_class;
    std::uint8_t sub_class;
    const char* text;
};

// The first that fits counts.
constexpr Name kNames[] = {
    {0x01, 0x00, "SCSI controller"},
    {0x01, 0x01, "IDE controller"},
    {0x01, 0x06, "SATA controller"},
    {0x01, 0x08, "NVM controller"},
    {0x01, kAny, "Storage controller"},
    {0x02, 0x00, "Ethernet controller"},
    {0x02, 0x07, "InfiniBand controller"},
    {0x02, kAny, "Network controller"},
    {0x03, 0x00, "VGA compatible controller"},
    {0x03, kAny, "Display controller"},
    {0x04, kAny, "Multimedia controller"},
    {0x05, kAny, "Memory controller"},
    {0x06, 0x00, "Host bridge"},
    {0x06, 0x01, "ISA bridge"},
    {0x06, 0x04, "PCI bridge"},
    {0x06, kAny, "Bridge"},
    {0x07, 0x00, "Serial controller"},
    {0x07, kAny, "Communication controller"},
    {0x08, 0x00, "PIC"},
    {0x08, kAny, "System peripheral"},
    {0x09, kAny, "Input device"},
    {0x0B, kAny, "Processor"},
    {0x0C, 0x03, "USB controller"},
    {0x0C, 0x05, "SMBus"},
    {0x0C, kAny, "Serial bus controller"},
    {0x0D, kAny, "Wireless controller"},
    {0x10, kAny, "Encryption controller"},
    {0x11, kAny, "Signal processing controller"},
    {0x12, kAny, "Processing accelerator"},
};

} // namespace

const char* class_name(std::uint8_t base_class, std::uint8_t sub_class) {
    for (const Name& name : kNames) {
        if (name.base_class == base_class &&
            (name.sub_class == sub_class || name.sub_class == kAny)) {
            return name.text;
        }
    }
    return "Device";
}

} // namespace hermit::pci
