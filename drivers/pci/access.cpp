#include <pci/access.hpp>

#include <arch/cpu.hpp>
#include <base/address.hpp>
#include <base/log.hpp>
#include <mm/memory.hpp>
#include <pci/enumerate.hpp>
#include <sync/spin_lock.hpp>

#include <atomic>

namespace hermit::pci {
namespace {

constexpr std::uint32_t kAbsent = ~std::uint32_t{0};
constexpr std::uint8_t kNoInput = 0xFF; // as interrupt line

/// [pci/3.0] §3.2.2.3.2: an address port and a data port, of segment 0 only.
class PortAccess final : public ConfigurationSpace {
  public:
    std::uint32_t read(Address address, unsigned offset) override {
        if (!reaches(address, offset)) {
            return kAbsent;
        }
        const SpinGuard guard{lock_};
        arch::out32(kAddress, select(address, offset));
        return arch::in32(kData);
    }
    void write(Address address, unsigned offset, std::uint32_t value) override {
        if (!reaches(address, offset)) {
            return;
        }
        const SpinGuard guard{lock_};
        arch::out32(kAddress, select(address, offset));
        arch::out32(kData, value);
    }

  private:
    static constexpr std::uint16_t kAddress = 0xCF8;
    static constexpr std::uint16_t kData = 0xCFC;

    static bool reaches(Address address, unsigned offset) {
        return address.segment == 0 && offset < 256;
    }
    static std::uint32_t select(Address address, unsigned offset) {
        return std::uint32_t{1} << 31 | std::uint32_t{address.bus} << 16 |
               std::uint32_t{address.device} << 11 | std::uint32_t{address.function} << 8 | offset;
    }

    SpinLock lock_{LockRank::kDevice};
};

/// Memory-mapped, 4 KiB for each function. [pcie/5.0] §7.2.2.
class MappedAccess final : public ConfigurationSpace {
  public:
    explicit constexpr MappedAccess(ConfigurationSpace& ports) : ports_{ports} {}

    void use(const arch::firmware::Firmware& firmware) { firmware_ = &firmware; }

    std::uint32_t read(Address address, unsigned offset) override {
        volatile std::uint32_t* const place = find(address, offset);
        return place != nullptr ? *place : ports_.read(address, offset);
    }
    void write(Address address, unsigned offset, std::uint32_t value) override {
        volatile std::uint32_t* const place = find(address, offset);
        if (place != nullptr) {
            *place = value;
        } else {
            ports_.write(address, offset, value);
        }
    }

  private:
    static constexpr std::uint64_t kBusBytes = kMiB;
    static constexpr unsigned kMapped = 64; // buses at a time; further ones go by ports

    struct Bus {
        std::atomic<std::uint32_t> number{0}; // segment and bus, plus 1; 0: free
        VirtAddr registers;
    };

    /// Where the register is mapped, or null if it is not.
    volatile std::uint32_t* find(Address address, unsigned offset) {
        Bus* bus = known(address);
        if (bus == nullptr) {
            const SpinGuard guard{lock_};
            bus = known(address); // another core may have been faster
            if (bus == nullptr) {
                bus = map(address);
            }
        }
        if (bus == nullptr || bus->registers.value() == 0) {
            return nullptr;
        }
        return place(*bus, address, offset);
    }

    static std::uint32_t number_of(Address address) {
        return (std::uint32_t{address.segment} << 8 | address.bus) + 1;
    }

    Bus* known(Address address) {
        for (Bus& bus : buses_) {
            // Pairs with the release in map().
            const std::uint32_t number = bus.number.load(std::memory_order_acquire);
            if (number == number_of(address)) {
                return &bus;
            }
            if (number == 0) {
                break;
            }
        }
        return nullptr;
    }

    static volatile std::uint32_t* place(const Bus& bus, Address address, unsigned offset) {
        const std::uint64_t at = std::uint64_t{address.device} << 15 |
                                 std::uint64_t{address.function} << 12 | (offset & 0xFFC);
        return (bus.registers + at).as<volatile std::uint32_t>();
    }

    /// Maps a bus's registers; null if there is no place left to remember it.
    Bus* map(Address address) {
        for (Bus& bus : buses_) {
            if (bus.number.load(std::memory_order_relaxed) == 0) {
                bus.registers = map_registers(address);
                bus.number.store(number_of(address), std::memory_order_release);
                return &bus;
            }
        }
        return nullptr;
    }

    VirtAddr map_registers(Address address) const {
        for (unsigned i = 0; firmware_ != nullptr && i < firmware_->pci_count; ++i) {
            const arch::firmware::PciSegment& segment = firmware_->pci[i];
            if (segment.number == address.segment && address.bus >= segment.first_bus &&
                address.bus <= segment.last_bus) {
                auto mapped =
                    mm::map_device(PhysAddr{segment.address + address.bus * kBusBytes}, kBusBytes);
                return mapped ? *mapped : VirtAddr{};
            }
        }
        return {};
    }

    ConfigurationSpace& ports_;
    const arch::firmware::Firmware* firmware_ = nullptr;
    SpinLock lock_{LockRank::kConfiguration};
    Bus buses_[kMapped]; // filled from the front
};

constinit PortAccess ports;
constinit MappedAccess mapped{ports};

class Report final : public DeviceSink {
  public:
    void found(const Device& device) override {
        const Address at = device.address;
        TextBuffer<96> line;
        format_to(line, "{:02x}:{:02x}.{} {} [{:02x}{:02x}]: [{:04x}:{:04x}]", at.bus, at.device,
                  at.function, class_name(device.base_class, device.sub_class), device.base_class,
                  device.sub_class, device.vendor, device.device);
        if (device.interrupt_pin != 0 && device.interrupt_line != 0 &&
            device.interrupt_line != kNoInput) {
            format_to(line, ", IRQ {}", device.interrupt_line);
        }
        log::info("{}", line.c_str());
    }
};

} // namespace

void initialize(const arch::firmware::Firmware& firmware) { mapped.use(firmware); }

ConfigurationSpace& configuration() { return mapped; }

void report() {
    Report sink;
    enumerate(mapped, 0, 0, sink);
}

} // namespace hermit::pci
