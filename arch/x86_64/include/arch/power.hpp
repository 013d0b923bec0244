// The end of the machine's work.
#pragma once

#include <arch/firmware/fixed_hardware.hpp>

#include <cstdint>

namespace hermit::arch {

/// What becomes of the machine when the application has ended.
enum class Ending : std::uint8_t { kOff, kReboot, kHalt };

/// Ways to end. Each that does not work leads to the next; the last always works.
enum class EndStep : std::uint8_t {
    kExitDevice,         // of QEMU
    kSoftOff,            // ACPI's S5
    kResetRegister,      // ACPI's
    kKeyboardController, // its reset line
    kTripleFault,
    kHalt,
};

/// The steps to take, in order.
struct EndPlan {
    EndStep step[6];
    unsigned count = 0;
};

/// `off` is the exit device, then S5; if neither is there or works, a virtual machine resets, which
/// ends it or at least shows (`-no-reboot`), and a real one halts: there a reset would run the
/// application again and again. `reboot` is the ways to reset. Pure.
EndPlan plan_end(Ending ending, bool has_exit_device, bool is_virtual,
                 const firmware::FixedHardware& hardware);

/// Tells what registers the machine has. Addresses in memory space are virtual ones, mapped for
/// good. Boot.
void set_power_registers(const firmware::FixedHardware& hardware);

/// Ends the machine as asked. Interrupts are turned off; the other cores have been stopped and
/// output is flushed. `exit_port`: QEMU's exit device, 0: none.
[[noreturn]] void end_machine(Ending ending, std::uint16_t exit_port);

/// After a crash: `off` on a virtual machine; a real one halts, so that the message can be read.
[[noreturn]] void power_off(std::uint16_t exit_port);

} // namespace hermit::arch
