#include "firmware.hpp"

#include <arch/features.hpp>
#include <arch/power.hpp>
#include <base/address.hpp>
#include <mm/heap.hpp>
#include <mm/memory.hpp>

#include <new>

namespace hermit::init {
namespace {

/// Physical memory through the direct map, as far as it is mapped.
class DirectView final : public arch::firmware::MemoryView {
  public:
    const std::uint8_t* at(std::uint64_t address, std::size_t bytes) override {
        // Addresses and lengths are the firmware's, and may be anything.
        const std::uint64_t end = std::uint64_t{1} << arch::features().physical_address_bits;
        if (bytes > end || address > end - bytes) {
            return nullptr;
        }
        const std::uint64_t first = align_down(address, 4 * kKiB);
        for (std::uint64_t page = first; page < address + bytes; page += 4 * kKiB) {
            if (!mm::is_readable(mm::direct(PhysAddr{page}))) {
                return map(address, bytes);
            }
        }
        return mm::direct(PhysAddr{address}).as<const std::uint8_t>();
    }

  private:
    /// Firmware may keep tables in memory that the memory map does not mention. A table's header is
    /// read before the table, and near ones are together, so what was mapped last is kept.
    const std::uint8_t* map(std::uint64_t address, std::size_t bytes) {
        if (address < mapped_ || address - mapped_ > mapped_bytes_ ||
            bytes > mapped_bytes_ - (address - mapped_)) {
            constexpr std::uint64_t kAtOnce = 64 * kKiB;
            const std::uint64_t start = align_down(address, 4 * kKiB);
            const std::uint64_t needed = align_up(address + bytes, 4 * kKiB) - start;
            const std::uint64_t size = needed < kAtOnce ? kAtOnce : needed;
            auto window = mm::map_device(PhysAddr{start}, size);
            if (!window) {
                return nullptr;
            }
            mapped_ = start;
            mapped_bytes_ = size;
            window_ = window->as<const std::uint8_t>();
        }
        return window_ + (address - mapped_);
    }

    std::uint64_t mapped_ = 0;
    std::uint64_t mapped_bytes_ = 0;
    const std::uint8_t* window_ = nullptr;
};

// Constructed when it is read: the kernel runs no constructors of static objects.
alignas(arch::firmware::Firmware) std::byte storage[sizeof(arch::firmware::Firmware)];

/// Makes a register in memory reachable.
void map(arch::firmware::RegisterAddress& address) {
    using Space = arch::firmware::RegisterAddress::Space;
    if (address.space == Space::kMemory) {
        auto mapped = mm::map_device(PhysAddr{address.address}, sizeof(std::uint32_t));
        address =
            mapped ? arch::firmware::RegisterAddress{Space::kMemory, address.bits, mapped->value()}
                   : arch::firmware::RegisterAddress{};
    } else if (address.space != Space::kPort) {
        address = {};
    }
}

} // namespace

const arch::firmware::Affinity* node_affinity() {
    static constinit const arch::firmware::Affinity* found = nullptr;
    static constinit bool is_read = false;
    if (is_read || firmware().acpi.rsdp == 0) {
        return found;
    }
    is_read = true;
    DirectView memory;
    auto srat = arch::firmware::find_table(memory, firmware().acpi, "SRAT");
    if (!srat) {
        return nullptr;
    }
    using arch::firmware::Affinity;
    void* const place = mm::heap_allocate(sizeof(Affinity), alignof(Affinity));
    if (place == nullptr) {
        return nullptr;
    }
    auto* const affinity = ::new (place) Affinity;
    if (auto done = arch::firmware::read_affinity(*srat, *affinity);
        !done || affinity->node_count() == 1) {
        mm::heap_free(place);
        return nullptr;
    }
    found = affinity;
    return found;
}

void prepare_power_off() {
    arch::firmware::FixedHardware hardware = firmware().fixed;
    for (arch::firmware::RegisterAddress* const address :
         {&hardware.pm1a_control, &hardware.pm1b_control, &hardware.sleep_control,
          &hardware.reset}) {
        map(*address);
    }
    arch::set_power_registers(hardware);
}

volatile void* map_hpet() {
    if (firmware().hpet == 0) {
        return nullptr;
    }
    auto mapped = mm::map_device(PhysAddr{firmware().hpet}, 4 * kKiB);
    return mapped ? mapped->as<volatile void>() : nullptr;
}

void read_firmware(const arch::firmware::Sources& sources) {
    DirectView memory;
    auto* const found = ::new (storage) arch::firmware::Firmware;
    arch::firmware::read_firmware(memory, sources, *found);
}

const arch::firmware::Firmware& firmware() {
    return *std::launder(reinterpret_cast<arch::firmware::Firmware*>(storage));
}

} // namespace hermit::init
