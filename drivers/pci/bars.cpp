#include <pci/device.hpp>

namespace hermit::pci {
namespace {

constexpr std::uint32_t kIsPorts = 1 << 0;
constexpr std::uint32_t kMemoryType = 3 << 1;
constexpr std::uint32_t kMemory64 = 2 << 1;
constexpr std::uint32_t kPrefetchable = 1 << 3;
constexpr std::uint32_t kPortsMask = ~std::uint32_t{3};
constexpr std::uint32_t kMemoryMask = ~std::uint32_t{15};

/// Which address bits the register keeps when all ones are written.
std::uint32_t probe(ConfigurationSpace& space, Address address, unsigned offset,
                    std::uint32_t value) {
    space.write(address, offset, ~std::uint32_t{0});
    const std::uint32_t kept = space.read(address, offset);
    space.write(address, offset, value);
    return kept;
}

/// A range's size is its lowest address bit that can be set.
std::uint64_t lowest_bit(std::uint64_t value) { return value & (~value + 1); }

/// Reads the range at register `index`; returns how many registers it takes.
unsigned measure(ConfigurationSpace& space, Address address, unsigned index, unsigned count,
                 Bar& bar) {
    const unsigned offset = reg::kFirstBar + index * 4;
    const std::uint32_t value = space.read(address, offset);
    const std::uint32_t kept = probe(space, address, offset, value);
    if (kept == 0) {
        return 1;
    }
    if ((value & kIsPorts) != 0) {
        bar.kind = Bar::Kind::kPorts;
        bar.address = value & kPortsMask;
        bar.bytes = lowest_bit(kept & kPortsMask) & 0xFFFF;
        return 1;
    }
    bar.kind = Bar::Kind::kMemory;
    bar.is_prefetchable = (value & kPrefetchable) != 0;
    bar.is_64_bits = (value & kMemoryType) == kMemory64 && index + 1 < count;
    bar.address = value & kMemoryMask;
    std::uint64_t mask = kept & kMemoryMask;
    if (bar.is_64_bits) {
        const std::uint32_t high = space.read(address, offset + 4);
        bar.address |= std::uint64_t{high} << 32;
        mask |= std::uint64_t{probe(space, address, offset + 4, high)} << 32;
    }
    bar.bytes = lowest_bit(mask);
    return bar.is_64_bits ? 2 : 1;
}

} // namespace

void measure_bars(ConfigurationSpace& space, Device& device) {
    const Address address = device.address;
    // Host bridges may answer for the memory behind them: they keep their ranges.
    if (device.base_class == 6 && device.sub_class == 0) {
        return;
    }
    const std::uint16_t old = space.read16(address, reg::kCommand);
    // The upper half is the status, whose bits are cleared by ones: write zeros.
    const std::uint32_t quiet = old & ~(command::kPorts | command::kMemory);
    space.write(address, reg::kCommand, quiet);
    const unsigned count = device.is_bridge ? 2 : 6;
    for (unsigned index = 0; index < count;) {
        index += measure(space, address, index, count, device.bars[index]);
    }
    space.write(address, reg::kCommand, old);
}

} // namespace hermit::pci
