#include <arch/serial.hpp>

#include <arch/cpu.hpp>

namespace hermit::arch {
namespace {

// Registers of the 16550, relative to the port's base. [ns16550] table II.
constexpr std::uint16_t kBase = 0x3F8;
constexpr std::uint16_t kData = kBase;
constexpr std::uint16_t kInterruptEnable = kBase + 1;
constexpr std::uint16_t kFifoControl = kBase + 2;
constexpr std::uint16_t kLineControl = kBase + 3;
constexpr std::uint16_t kModemControl = kBase + 4;
constexpr std::uint16_t kLineStatus = kBase + 5;
constexpr std::uint16_t kScratch = kBase + 7;

constexpr std::uint8_t kDivisorLatch = 0x80;
constexpr std::uint8_t kEightBits = 0x03;
constexpr std::uint8_t kFifoEmpty = 0x20;
constexpr std::uint8_t kAllSent = 0x40; // the shift register is empty, too

constexpr unsigned kFifoBytes = 16;
constexpr unsigned kPatience = 1'000'000; // polls; one takes a microsecond on a real port

bool present = false;

bool wait_for(std::uint8_t status) {
    for (unsigned i = 0; i < kPatience; ++i) {
        if ((in8(kLineStatus) & status) != 0) {
            return true;
        }
        pause();
    }
    return false;
}

} // namespace

bool initialize_serial() {
    out8(kScratch, 0x5A);
    present = in8(kScratch) == 0x5A;
    if (!present) {
        return false;
    }
    out8(kInterruptEnable, 0);
    out8(kLineControl, kDivisorLatch);
    out8(kData, 1); // divisor 1: 115200 baud
    out8(kInterruptEnable, 0);
    out8(kLineControl, kEightBits);
    out8(kFifoControl, 0x07); // on, both cleared
    out8(kModemControl, 0x03);
    return true;
}

void serial_write(const char* text, std::size_t bytes) {
    if (!present) {
        return;
    }
    unsigned room = 0;
    const auto put = [&](char character) {
        if (room == 0) {
            if (!wait_for(kFifoEmpty)) {
                return;
            }
            room = kFifoBytes;
        }
        out8(kData, static_cast<std::uint8_t>(character));
        --room;
    };
    for (std::size_t i = 0; i < bytes; ++i) {
        if (text[i] == '\n') {
            put('\r');
        }
        put(text[i]);
    }
}

void serial_drain() {
    if (present) {
        (void)wait_for(kAllSent);
    }
}

} // namespace hermit::arch
