#include <arch/pic.hpp>

#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>

#include <atomic>

namespace hermit::arch {
namespace {

constexpr std::uint16_t kFirstCommand = 0x20;
constexpr std::uint16_t kFirstData = 0x21;
constexpr std::uint16_t kSecondCommand = 0xA0;
constexpr std::uint16_t kSecondData = 0xA1;
constexpr std::uint8_t kInitialize = 0x11; // ICW1: edge triggered, cascaded, ICW4 follows
constexpr std::uint8_t kEndOfInterrupt = 0x20;

constinit std::atomic<unsigned> stray{0};

} // namespace

void disable_pic() {
    out8(kFirstCommand, kInitialize);
    out8(kSecondCommand, kInitialize);
    out8(kFirstData, vector::kPicFirst);
    out8(kSecondData, vector::kPicFirst + 8);
    out8(kFirstData, 1 << 2); // the second controller is on line 2
    out8(kSecondData, 2);
    out8(kFirstData, 1); // ICW4: 8086 mode
    out8(kSecondData, 1);
    out8(kFirstData, 0xFF);
    out8(kSecondData, 0xFF);
}

void leave_pic_mode() {
    out8(0x22, 0x70); // selects the interrupt mode configuration register
    out8(0x23, 1);    // interrupts go to the APICs
}

void acknowledge_stray_pic_interrupt(unsigned line) {
    stray.fetch_add(1, std::memory_order_relaxed);
    if (line >= 8) {
        out8(kFirstCommand, kEndOfInterrupt); // the first controller takes line 2 for a real one
    }
}

unsigned stray_pic_interrupts() { return stray.load(std::memory_order_relaxed); }

} // namespace hermit::arch
