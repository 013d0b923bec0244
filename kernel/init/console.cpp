#include "console.hpp"

#include <arch/cpu.hpp>
#include <arch/serial.hpp>
#include <base/memory.hpp>
#include <screen/terminal.hpp>
#include <sync/spin_lock.hpp>

#include <atomic>

namespace hermit::init {
namespace {

struct Device {
    std::uint16_t port = 0; // 0: the serial console
};

constinit Device devices[kChannels];
std::uint16_t exit_device = 0;
screen::Terminal* screen_or_null = nullptr;
constinit SpinLock locks[kChannels] = {SpinLock{LockRank::kConsole}, SpinLock{LockRank::kConsole},
                                       SpinLock{LockRank::kConsole}, SpinLock{LockRank::kConsole}};
constinit std::atomic<bool> taken_over{false};

Device& device_of(Channel channel) { return devices[static_cast<unsigned>(channel)]; }

/// Channels that share the serial port, and with it the screen, share its lock.
SpinLock& lock_of(Channel channel) {
    return locks[device_of(channel).port == 0 ? static_cast<unsigned>(Channel::kLog)
                                              : static_cast<unsigned>(channel)];
}

void emit(Channel channel, const char* text, std::size_t bytes) {
    const std::uint16_t port = device_of(channel).port;
    if (port == 0) {
        arch::serial_write(text, bytes);
        if (screen_or_null != nullptr) {
            screen_or_null->write(text, bytes);
        }
        return;
    }
    asm volatile("rep outsb" : "+S"(text), "+c"(bytes) : "d"(port) : "memory");
}

} // namespace

void initialize_console() { arch::initialize_serial(); }

void connect_channels(const Settings& settings) {
    device_of(Channel::kOutput).port = settings.stdout_port;
    device_of(Channel::kError).port = settings.stderr_port;
    device_of(Channel::kControl).port = settings.control_port;
    exit_device = settings.exit_port;
}

void connect_screen(screen::Terminal& terminal) { screen_or_null = &terminal; }

bool has_control_channel() { return device_of(Channel::kControl).port != 0; }

void write_channel(Channel channel, const char* text, std::size_t bytes) {
    if (taken_over.load(std::memory_order_relaxed)) {
        emit(channel, text, bytes);
        return;
    }
    constexpr std::size_t kMost = 256; // with interrupts off at a time
    char copy[kMost];                  // the text may be on a page that has yet to be backed
    while (bytes > 0) {
        const std::size_t now = bytes < kMost ? bytes : kMost;
        hermit_memcpy(copy, text, now);
        const SpinGuard guard{lock_of(channel)};
        emit(channel, copy, now);
        text += now;
        bytes -= now;
    }
}

void take_over_console() { taken_over.store(true, std::memory_order_relaxed); }

std::uint16_t exit_port() { return exit_device; }

} // namespace hermit::init
