// The kernel's side of the test: devices of QEMU that interrupt when a register is written.
#include "messages.h"

#include <arch/core.hpp>
#include <arch/core_setup.hpp>
#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <arch/time.hpp>
#include <mm/memory.hpp>
#include <pci/access.hpp>
#include <pci/enumerate.hpp>
#include <pci/messages.hpp>

#include <atomic>

using namespace hermit;

namespace {

constexpr unsigned kCores = 2;
constexpr unsigned kRounds = 5;
constexpr unsigned kFirstVector = arch::vector::kFirstDevice;
constexpr unsigned kVectors = 3;

std::atomic<unsigned> counts[kVectors][kCores];

void handle(arch::InterruptFrame& frame) {
    counts[frame.vector - kFirstVector][arch::this_core()].fetch_add(1);
}

void pause_for(std::uint64_t ns) {
    const std::uint64_t end = arch::now_ns() + ns;
    while (arch::now_ns() < end) {
        arch::pause();
    }
}

/// Whether the core's count gets there, in at most 10 s.
bool arrives(unsigned number, unsigned core, unsigned expected) {
    const std::uint64_t end = arch::now_ns() + 10'000'000'000;
    while (counts[number][core].load() < expected && arch::now_ns() < end) {
        arch::pause();
    }
    return counts[number][core].load() == expected;
}

unsigned sum() {
    unsigned all = 0;
    for (auto& of_vector : counts) {
        for (auto& count : of_vector) {
            all += count.load();
        }
    }
    return all;
}

class Finder final : public pci::DeviceSink {
  public:
    Finder(std::uint16_t vendor, std::uint16_t device) : vendor_{vendor}, device_{device} {}
    void found(const pci::Device& device) override {
        if (device.vendor == vendor_ && device.device == device_) {
            result = device;
            is_there = true;
        }
    }
    pci::Device result;
    bool is_there = false;

  private:
    std::uint16_t vendor_;
    std::uint16_t device_;
};

/// A device with its registers mapped, which may write messages.
struct Driven {
    pci::Device device;
    volatile std::uint32_t* registers;

    void write(unsigned offset, std::uint32_t value) const { registers[offset / 4] = value; }
};

Result<Driven> find(std::uint16_t vendor, std::uint16_t device) {
    pci::ConfigurationSpace& space = pci::configuration();
    Finder finder{vendor, device};
    pci::enumerate(space, 0, 0, finder);
    if (!finder.is_there) {
        return Error{Errc::kNotFound, "the device is not there"};
    }
    pci::measure_bars(space, finder.result);
    const pci::Address address = finder.result.address;
    // Zeros leave the status in the upper half as it is.
    space.write(address, pci::reg::kCommand,
                std::uint32_t{space.read16(address, pci::reg::kCommand)} | pci::command::kMemory |
                    pci::command::kBusMaster);
    const pci::Bar& bar = finder.result.bars[0];
    if (bar.kind != pci::Bar::Kind::kMemory || bar.address == 0) {
        return Error{Errc::kNotFound, "the device has no registers"};
    }
    const VirtAddr at = TRY(mm::map_device(PhysAddr{bar.address}, bar.bytes));
    return Driven{finder.result, at.as<volatile std::uint32_t>()};
}

Result<pci::Message> message_for(unsigned core, unsigned number) {
    return pci::message_to(arch::apic_id_of_core(core),
                           static_cast<std::uint8_t>(kFirstVector + number));
}

/// QEMU's device for teaching. docs/specs/edu.rst
namespace edu {
constexpr unsigned kRaise = 0x60;
constexpr unsigned kAcknowledge = 0x64;
} // namespace edu

Result<void> check_msi() {
    const Driven device = TRY(find(0x1234, 0x11E8));
    pci::ConfigurationSpace& space = pci::configuration();
    for (const unsigned core : {1u, 0u}) {
        const pci::Message message = TRY(message_for(core, 0));
        TRY(pci::enable_msi(space, device.device, message));
        for (unsigned round = 1; round <= kRounds; ++round) {
            device.write(edu::kRaise, 1);
            if (!arrives(0, core, round)) {
                return Error{Errc::kTimedOut, "a write did not cause one interrupt by MSI"};
            }
            device.write(edu::kAcknowledge, 1);
        }
    }
    pci::disable_msi(space, device.device);
    device.write(edu::kRaise, 1);
    pause_for(50'000'000);
    device.write(edu::kAcknowledge, 1);
    if (sum() != kCores * kRounds) {
        return Error{Errc::kInvalidArgument, "an interrupt came twice, or with MSI disabled"};
    }
    return {};
}

/// The network controller 82576, whose cause n interrupts by entry n of the table.
/// [intel/82576] §8.8.
namespace nic {
constexpr unsigned kGeneral = 0x1514;
constexpr std::uint32_t kSeveralMessages = 1 << 4;
constexpr unsigned kCauseSet = 0x1520;
constexpr unsigned kMaskSet = 0x1524;
constexpr unsigned kMaskClear = 0x1528;
constexpr unsigned kCause = 0x1580; // ones clear
} // namespace nic

/// Has the device interrupt by an entry, and acknowledges that.
bool interrupts(const Driven& device, unsigned entry, unsigned number, unsigned core,
                unsigned expected) {
    device.write(nic::kCauseSet, 1u << entry);
    const bool done = arrives(number, core, expected);
    device.write(nic::kCause, 1u << entry);
    return done;
}

/// Table entry 2 interrupts core 1 and entry 3 core 0, by different vectors.
Result<void> check_msi_x() {
    const Driven device = TRY(find(0x8086, 0x10C9));
    pci::ConfigurationSpace& space = pci::configuration();
    const pci::MsiXTable place = TRY(pci::find_msi_x(space, device.device));
    const PhysAddr address{device.device.bars[place.bar].address + place.offset};
    const VirtAddr at = TRY(mm::map_device(address, place.bytes()));
    auto* const table = at.as<volatile std::uint32_t>();
    const pci::Message to_1 = TRY(message_for(1, 1));
    const pci::Message to_0 = TRY(message_for(0, 2));
    pci::write_msi_x_entry(table, 2, to_1, false);
    pci::write_msi_x_entry(table, 3, to_0, false);
    TRY(pci::enable_msi_x(space, device.device));
    device.write(nic::kGeneral, nic::kSeveralMessages);
    device.write(nic::kMaskClear, ~std::uint32_t{0});
    device.write(nic::kCause, ~std::uint32_t{0});
    device.write(nic::kMaskSet, 1u << 2 | 1u << 3);
    const unsigned before = sum();
    for (unsigned round = 1; round <= kRounds; ++round) {
        if (!interrupts(device, 2, 1, 1, round) || !interrupts(device, 3, 2, 0, round)) {
            return Error{Errc::kTimedOut, "a write did not cause one interrupt by MSI-X"};
        }
    }
    pci::write_msi_x_entry(table, 2, to_1, true);
    device.write(nic::kCauseSet, 1u << 2);
    pause_for(50'000'000);
    if (sum() != before + 2 * kRounds) {
        return Error{Errc::kInvalidArgument, "an interrupt came twice, or by a masked entry"};
    }
    pci::write_msi_x_entry(table, 2, to_1, false);
    if (!arrives(1, 1, kRounds + 1)) {
        return Error{Errc::kTimedOut, "a message did not wait until its entry was not masked"};
    }
    pci::disable_msi_x(space, device.device);
    return {};
}

} // namespace

extern "C" const char* check_messages() {
    if (arch::core_count() != kCores) {
        return "two cores are needed";
    }
    for (unsigned number = 0; number < kVectors; ++number) {
        arch::set_interrupt_handler(kFirstVector + number, handle);
    }
    if (auto done = check_msi(); !done) {
        return done.error().context;
    }
    if (auto done = check_msi_x(); !done) {
        return done.error().context;
    }
    return nullptr;
}
