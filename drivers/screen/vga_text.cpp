#include <screen/vga_text.hpp>

#include <arch/cpu.hpp>

namespace hermit::screen {
namespace {

constexpr std::uint16_t kLightGreyOnBlack = 0x07 << 8;

// The controller's registers, high byte first. [vga] CRT controller, indices 0Ch to 0Fh.
constexpr std::uint16_t kIndex = 0x3D4;
constexpr std::uint16_t kValue = 0x3D5;
constexpr std::uint8_t kStartAddress = 0x0C;
constexpr std::uint8_t kCursorLocation = 0x0E;

void write_controller(std::uint8_t index, unsigned value) {
    arch::out8(kIndex, index);
    arch::out8(kValue, static_cast<std::uint8_t>(value >> 8));
    arch::out8(kIndex, index + 1);
    arch::out8(kValue, static_cast<std::uint8_t>(value));
}

} // namespace

VgaText::VgaText(volatile std::uint16_t* memory, unsigned columns, unsigned rows)
    : memory_{memory}, columns_{columns}, rows_{rows} {
    write_controller(kStartAddress, 0); // whoever was here before may have scrolled by it
}

void VgaText::draw(unsigned column, unsigned row, char character) {
    memory_[row * columns_ + column] = kLightGreyOnBlack | static_cast<std::uint8_t>(character);
}

void VgaText::finish(unsigned column, unsigned row) {
    const unsigned last = columns_ - 1;
    write_controller(kCursorLocation, row * columns_ + (column < last ? column : last));
}

} // namespace hermit::screen
