#include <arch/reference_clock.hpp>

#include <arch/cpu.hpp>
#include <arch/pit.hpp>

namespace hermit::arch {
namespace {

volatile std::uint32_t* hpet = nullptr;
std::uint16_t pm_timer_port = 0;

// Registers of the HPET, in 32-bit words.
constexpr unsigned kPeriod = 0x04 / 4; // femtoseconds
constexpr unsigned kConfiguration = 0x10 / 4;
constexpr unsigned kCounter = 0xF0 / 4;

} // namespace

ReferenceClock use_hpet(volatile void* registers) {
    constexpr std::uint64_t kFemtosecondsPerSecond = 1'000'000'000'000'000;
    constexpr std::uint32_t kLongestPeriod = 100'000'000; // by the standard
    if (registers == nullptr) {
        return {};
    }
    hpet = static_cast<volatile std::uint32_t*>(registers);
    const std::uint32_t period = hpet[kPeriod];
    if (period == 0 || period > kLongestPeriod) {
        return {};
    }
    hpet[kConfiguration] = hpet[kConfiguration] | 1; // counts
    return {"HPET", kFemtosecondsPerSecond / period, 0xFFFF'FFFF,
            [] { return std::uint32_t{hpet[kCounter]}; }};
}

ReferenceClock use_pm_timer(const firmware::FixedHardware& hardware) {
    constexpr std::uint64_t kHertz = 3'579'545;
    if (hardware.pm_timer.space != firmware::RegisterAddress::Space::kPort) {
        return {};
    }
    pm_timer_port = static_cast<std::uint16_t>(hardware.pm_timer.address);
    // Some 32-bit timers have only 24 bits that count.
    return {"PM timer", kHertz, 0xFF'FFFF, [] { return in32(pm_timer_port) & 0xFF'FFFF; }};
}

ReferenceClock use_pit() {
    start_pit();
    return {"8254", kPitHertz, 0xFFFF, [] { return 0xFFFFu - read_pit(); }};
}

} // namespace hermit::arch
