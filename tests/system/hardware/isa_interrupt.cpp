// Routes the interval timer's interrupt to each core in turn and counts what arrives. On machines
// with an I/O APIC it arrives at an input of another number, as the tables tell.
#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/interrupts.hpp>
#include <arch/io_apic.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

using namespace hermit;

namespace {

constexpr unsigned kTimerIrq = 0;
constexpr unsigned kVector = arch::vector::kFirstDevice;

std::atomic<unsigned> count{0};
std::atomic<unsigned> wrong_core{0};
std::atomic<unsigned> expected_core{0};

void handle(arch::InterruptFrame&) {
    count.fetch_add(1);
    if (arch::this_core() != expected_core.load()) {
        wrong_core.fetch_add(1);
    }
}

/// Channel 0, a square wave of about 1 kHz.
void start_interval_timer() {
    arch::out8(0x43, 0b00'11'011'0);
    arch::out8(0x40, 0xA9);
    arch::out8(0x40, 0x04);
}

bool receives(unsigned core) {
    expected_core = core;
    count = 0;
    if (auto done = arch::route_isa_interrupt(kTimerIrq, kVector, core); !done) {
        std::printf("no route: %s\n", done.error().context);
        return false;
    }
    for (int i = 0; i < 1000 && count.load() < 5; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    arch::mask_isa_interrupt(kTimerIrq);
    return count.load() >= 5;
}

} // namespace

int main() {
    arch::set_interrupt_handler(kVector, handle);
    start_interval_timer();
    for (unsigned core = 0; core < arch::core_count(); ++core) {
        if (!receives(core)) {
            std::printf("core %u: %u interrupts\n", core, count.load());
            return 1;
        }
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20)); // what was under way
    const unsigned before = count.load();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    // At each change of the route, one interrupt may be under way to the core before.
    if (count.load() != before || wrong_core.load() >= arch::core_count()) {
        std::printf("%u after masking, %u at a wrong core\n", count.load() - before,
                    wrong_core.load());
        return 1;
    }
    std::puts("ok");
}
