// The fixed hardware of an ACPI machine: the registers that need no interpreter. Pure.
#pragma once

#include <arch/firmware/acpi.hpp>

namespace hermit::arch::firmware {

/// Where a register is. [acpi/6.5] §5.2.3.2, generic address structure.
struct RegisterAddress {
    enum class Space : std::uint8_t { kMemory = 0, kPort = 1, kPciConfiguration = 2, kNone = 0xFF };
    Space space = Space::kNone;
    std::uint8_t bits = 0; // width
    std::uint64_t address = 0;

    explicit operator bool() const { return space != Space::kNone && address != 0; }
};

/// What soft-off needs: the values to write for state S5.
struct SoftOff {
    bool known = false;
    std::uint8_t type_a = 0;
    std::uint8_t type_b = 0;
};

struct FixedHardware {
    std::uint64_t dsdt = 0;
    RegisterAddress pm_timer;
    bool pm_timer_is_32_bits = false; // else 24
    RegisterAddress pm1a_control;
    RegisterAddress pm1b_control;
    RegisterAddress sleep_control; // of a machine with reduced hardware
    bool reduced = false;
    RegisterAddress reset;
    std::uint8_t reset_value = 0;
    std::uint16_t smi_command = 0; // port; 0: always in ACPI mode
    std::uint8_t acpi_enable = 0;
    bool has_keyboard_controller = true;
    SoftOff soft_off;
};

/// Reads the FADT ("FACP"). Fields that an old, short table lacks stay empty. Errors:
/// kInvalidArgument if it is shorter than its first version. [acpi/6.5] §5.2.9.
Result<FixedHardware> read_fixed_hardware(const Table& fadt);

/// Finds the package `_S5_` in the bytecode of a DSDT or SSDT, without an interpreter: a name is
/// followed by its constant. [acpi/6.5] §7.4.2, §20.2.
SoftOff find_soft_off(const Table& code);

} // namespace hermit::arch::firmware
