#include "console.hpp"

#include <arch/cpu.hpp>

namespace hermit::boot::console {
namespace {

constexpr std::uint16_t kCom1 = 0x3F8;
constexpr std::uint16_t kLineStatus = kCom1 + 5;
constexpr std::uint8_t kTransmitterEmpty = 0x20;

void put(char character) {
    // Bounded, for there may be no serial port.
    for (unsigned tries = 0; tries < 100'000; ++tries) {
        if ((arch::in8(kLineStatus) & kTransmitterEmpty) != 0) {
            break;
        }
    }
    arch::out8(kCom1, static_cast<std::uint8_t>(character));
}

void put(const char* text) {
    while (*text != '\0') {
        put(*text++);
    }
}

} // namespace

void line(const char* text) {
    put("[LOADER] ");
    put(text);
    put("\r\n");
}

void line(const char* text, std::uint64_t number) {
    put("[LOADER] ");
    put(text);
    put(" 0x");
    int shift = 60;
    while (shift > 0 && (number >> shift) == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        const unsigned digit = (number >> shift) & 15;
        put(static_cast<char>(digit < 10 ? '0' + digit : 'a' + digit - 10));
    }
    put("\r\n");
}

} // namespace hermit::boot::console
