// Counters of known frequency, to measure the processor's against.
#pragma once

#include <arch/firmware/fixed_hardware.hpp>

#include <cstdint>

namespace hermit::arch {

/// A counter that counts up and wraps at `mask`.
struct ReferenceClock {
    const char* name = nullptr; // null: there is none
    std::uint64_t hertz = 0;
    std::uint32_t mask = 0;
    std::uint32_t (*read)() = nullptr;
};

/// The high-precision event timer; its counter is started if it stands. `registers`: mapped, or
/// null. [hpet] §2.3.
ReferenceClock use_hpet(volatile void* registers);

/// ACPI's power management timer, if it is a port. [acpi/6.5] §4.8.3.3.
ReferenceClock use_pm_timer(const firmware::FixedHardware& hardware);

/// Channel 2 of the 8254, started anew; it must be read at least every 55 ms.
ReferenceClock use_pit();

} // namespace hermit::arch
