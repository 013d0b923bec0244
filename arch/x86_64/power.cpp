#include <arch/power.hpp>

#include <arch/cpu.hpp>
#include <arch/descriptors.hpp>
#include <arch/features.hpp>
#include <arch/serial.hpp>

namespace hermit::arch {
namespace {

using firmware::RegisterAddress;

constinit firmware::FixedHardware registers{};

/// About a microsecond on every machine: a port that nobody minds.
void short_delay() { out8(0x80, 0); }

/// For what takes effect a little later, if at all.
void wait_for_effect() {
    for (unsigned i = 0; i < 500'000; ++i) {
        short_delay();
    }
}

std::uint16_t read16(const RegisterAddress& at) {
    if (at.space == RegisterAddress::Space::kPort) {
        return in16(static_cast<std::uint16_t>(at.address));
    }
    return *reinterpret_cast<volatile std::uint16_t*>(at.address);
}

void write16(const RegisterAddress& at, std::uint16_t value) {
    if (at.space == RegisterAddress::Space::kPort) {
        out16(static_cast<std::uint16_t>(at.address), value);
    } else if (at.space == RegisterAddress::Space::kMemory) {
        *reinterpret_cast<volatile std::uint16_t*>(at.address) = value;
    }
}

void write8(const RegisterAddress& at, std::uint8_t value) {
    if (at.space == RegisterAddress::Space::kPort) {
        out8(static_cast<std::uint16_t>(at.address), value);
    } else if (at.space == RegisterAddress::Space::kMemory) {
        *reinterpret_cast<volatile std::uint8_t*>(at.address) = value;
    }
}

/// Power management registers listen only in ACPI mode. [acpi/6.5] §4.8.2.5, §16.3.1.
void enter_acpi_mode() {
    constexpr std::uint16_t kSciEnabled = 1;
    if (registers.smi_command == 0 || registers.acpi_enable == 0 ||
        (read16(registers.pm1a_control) & kSciEnabled) != 0) {
        return;
    }
    out8(registers.smi_command, registers.acpi_enable);
    for (unsigned i = 0; i < 300'000; ++i) { // about 300 ms
        if ((read16(registers.pm1a_control) & kSciEnabled) != 0) {
            return;
        }
        short_delay();
    }
}

/// [acpi/6.5] §4.8.3.2.1, §4.8.3.7.
void turn_soft_off() {
    constexpr std::uint16_t kSleepTypeMask = 7 << 10;
    constexpr std::uint16_t kSleepEnable = 1 << 13;
    if (registers.sleep_control) {
        write8(registers.sleep_control,
               static_cast<std::uint8_t>(registers.soft_off.type_a << 2 | 1 << 5));
        return;
    }
    enter_acpi_mode();
    const auto write = [](const RegisterAddress& at, std::uint8_t type) {
        if (at) {
            const unsigned kept = read16(at) & ~unsigned{kSleepTypeMask | kSleepEnable};
            write16(at, static_cast<std::uint16_t>(kept | type << 10));
            write16(at, static_cast<std::uint16_t>(kept | type << 10 | kSleepEnable));
        }
    };
    write(registers.pm1a_control, registers.soft_off.type_a);
    write(registers.pm1b_control, registers.soft_off.type_b);
}

void reset_by_keyboard_controller() {
    constexpr std::uint16_t kCommand = 0x64;
    constexpr std::uint8_t kInputFull = 2;
    constexpr std::uint8_t kPulseResetLine = 0xFE;
    for (unsigned i = 0; i < 100'000 && (in8(kCommand) & kInputFull) != 0; ++i) {
        short_delay();
    }
    out8(kCommand, kPulseResetLine);
}

void fault_until_reset() {
    const TablePointer nothing{0, 0};
    asm volatile("lidt %0; int3" : : "m"(nothing));
}

void take(EndStep step, std::uint16_t exit_port) {
    switch (step) {
    case EndStep::kExitDevice:
        out32(exit_port, 0);
        break;
    case EndStep::kSoftOff:
        turn_soft_off();
        break;
    case EndStep::kResetRegister:
        write8(registers.reset, registers.reset_value);
        break;
    case EndStep::kKeyboardController:
        reset_by_keyboard_controller();
        break;
    case EndStep::kTripleFault:
        fault_until_reset();
        break;
    case EndStep::kHalt:
        halt_forever();
    }
}

} // namespace

void set_power_registers(const firmware::FixedHardware& hardware) { registers = hardware; }

void end_machine(Ending ending, std::uint16_t exit_port) {
    disable_interrupts();
    serial_drain();
    const EndPlan plan = plan_end(ending, exit_port != 0, features().hypervisor, registers);
    for (unsigned i = 0; i < plan.count; ++i) {
        take(plan.step[i], exit_port);
        wait_for_effect();
    }
    halt_forever();
}

void power_off(std::uint16_t exit_port) {
    const bool is_seen = exit_port != 0 || features().hypervisor;
    end_machine(is_seen ? Ending::kOff : Ending::kHalt, exit_port);
}

} // namespace hermit::arch
