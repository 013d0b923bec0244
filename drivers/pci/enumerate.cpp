#include <pci/enumerate.hpp>

namespace hermit::pci {
namespace {

constexpr std::uint16_t kAbsent = 0xFFFF; // no vendor has this number
constexpr std::uint8_t kHasFunctions = 0x80;
constexpr std::uint8_t kLayout = 0x7F; // of the header type
constexpr std::uint8_t kBridgeLayout = 1;
constexpr unsigned kDevices = 32;
constexpr unsigned kFunctions = 8;

/// Buses to be visited: a set, of which each is taken once.
class Buses {
  public:
    void add(unsigned bus) {
        if (!contains(known_, bus)) {
            insert(known_, bus);
            insert(open_, bus);
        }
    }
    /// The lowest that has not been taken yet, or kNone.
    unsigned take() {
        for (unsigned word = 0; word < kWords; ++word) {
            if (open_[word] != 0) {
                const auto bit = static_cast<unsigned>(__builtin_ctzll(open_[word]));
                open_[word] &= open_[word] - 1;
                return word * 64 + bit;
            }
        }
        return kNone;
    }
    static constexpr unsigned kNone = 256;

  private:
    static constexpr unsigned kWords = 4;
    static bool contains(const std::uint64_t* set, unsigned bus) {
        return (set[bus / 64] >> bus % 64 & 1) != 0;
    }
    static void insert(std::uint64_t* set, unsigned bus) {
        set[bus / 64] |= std::uint64_t{1} << bus % 64;
    }
    std::uint64_t known_[kWords] = {};
    std::uint64_t open_[kWords] = {};
};

bool is_there(ConfigurationSpace& space, Address address) {
    return space.read16(address, reg::kVendor) != kAbsent;
}

} // namespace

Device read_device(ConfigurationSpace& space, Address address) {
    Device device;
    device.address = address;
    device.vendor = space.read16(address, reg::kVendor);
    device.device = space.read16(address, reg::kDevice);
    const std::uint32_t kind = space.read(address, reg::kRevision);
    device.base_class = static_cast<std::uint8_t>(kind >> 24);
    device.sub_class = static_cast<std::uint8_t>(kind >> 16);
    device.interface = static_cast<std::uint8_t>(kind >> 8);
    device.revision = static_cast<std::uint8_t>(kind);
    device.is_bridge = (space.read8(address, reg::kHeaderType) & kLayout) == kBridgeLayout;
    if (device.is_bridge) {
        device.secondary_bus = space.read8(address, reg::kSecondaryBus);
    } else {
        const std::uint32_t subsystem = space.read(address, reg::kSubsystemVendor);
        device.subsystem_vendor = static_cast<std::uint16_t>(subsystem);
        device.subsystem = static_cast<std::uint16_t>(subsystem >> 16);
    }
    device.interrupt_line = space.read8(address, reg::kInterruptLine);
    device.interrupt_pin = space.read8(address, reg::kInterruptPin);
    device.capabilities = find_capabilities(space, address);
    return device;
}

void enumerate(ConfigurationSpace& space, std::uint16_t segment, std::uint8_t first_bus,
               DeviceSink& sink) {
    Buses buses;
    buses.add(first_bus);
    for (unsigned bus = buses.take(); bus != Buses::kNone; bus = buses.take()) {
        for (unsigned number = 0; number < kDevices; ++number) {
            Address address{segment, static_cast<std::uint8_t>(bus),
                            static_cast<std::uint8_t>(number), 0};
            if (!is_there(space, address)) {
                continue;
            }
            const bool many = (space.read8(address, reg::kHeaderType) & kHasFunctions) != 0;
            for (unsigned function = 0; function < (many ? kFunctions : 1); ++function) {
                address.function = static_cast<std::uint8_t>(function);
                if (function != 0 && !is_there(space, address)) {
                    continue;
                }
                const Device device = read_device(space, address);
                if (device.is_bridge) {
                    buses.add(device.secondary_bus);
                } else if (bus == first_bus && number == 0 && device.base_class == 6 &&
                           device.sub_class == 0) {
                    // The n-th function of a host bridge is the one of the n-th bus.
                    buses.add(first_bus + function < 256 ? first_bus + function : first_bus);
                }
                sink.found(device);
            }
        }
    }
}

} // namespace hermit::pci
