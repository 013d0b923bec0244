#include <arch/pit.hpp>

#include <arch/cpu.hpp>

namespace hermit::arch {
namespace {

constexpr std::uint16_t kChannel2 = 0x42;
constexpr std::uint16_t kCommand = 0x43;
constexpr std::uint16_t kGate = 0x61; // bit 0: gate of channel 2, bit 1: speaker

} // namespace

void start_pit() {
    out8(kGate, static_cast<std::uint8_t>((in8(kGate) & ~0x02) | 0x01));
    out8(kCommand, 0b10'11'000'0); // channel 2, both bytes, mode 0, binary
    out8(kChannel2, 0xFF);
    out8(kChannel2, 0xFF);
}

std::uint16_t read_pit() {
    out8(kCommand, 0b10'00'000'0); // latch channel 2
    const std::uint8_t low = in8(kChannel2);
    return static_cast<std::uint16_t>(low | in8(kChannel2) << 8);
}

} // namespace hermit::arch
