// The kernel command line: options for the kernel, environment and arguments for the application.
#pragma once

#include <arch/power.hpp>
#include <arch/time.hpp>
#include <base/log.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::init {

/// What the command line says. The strings lie in the text given to `parse_command_line`.
struct Settings {
    LogLevel log_level = LogLevel::kWarning;
    /// Ports of the byte-wide channels that the launcher listens to; 0: all goes to the console.
    std::uint16_t stdout_port = 0;
    std::uint16_t stderr_port = 0;
    std::uint16_t control_port = 0;
    std::uint16_t exit_port = 0;
    std::uint64_t tsc_khz = 0; // 0: find out
    bool manage_power = true;  // power=off: as the firmware left it
    bool turbo = true;
    arch::ClockSource clock_source = arch::ClockSource::kAutomatic;
    unsigned max_cores = ~0u;
    std::uint64_t core_patience_ms = ~std::uint64_t{0}; // how long a core may take; default: usual
    std::uint64_t idle_poll_us = ~std::uint64_t{0};     // at most, before a halt; default: usual
    bool use_acpi = true;                     // acpi=off: for firmware whose tables lead astray
    bool use_mp_tables = true;                // mp_tables=off
    arch::Ending ending = arch::Ending::kOff; // at_end=off, reboot or halt
    std::uint64_t rsdp = 0; // physical address of ACPI's root pointer; 0: as the boot loader says
    bool populate = false;  // populate=on: memory is backed when it is mapped, not when touched
    bool report = false;    // at the end
    const char** environment = nullptr; // null-terminated
    const char** arguments = nullptr;   // null-terminated, argv[0] first
    unsigned argument_count = 0;
    /// The first word in which something is wrong, or null.
    const char* complaint = nullptr;
};

/// Number of pointers that `parse_command_line` may need for a text: a bound, not exact.
std::size_t command_line_pointers(const char* text);

/// Splits `text`, in place, into words at blanks. A part of a word in double quotes keeps its
/// blanks and has the escapes \" \\ \n \t \xHH; outside of quotes \" \' \\ count too, which GRUB
/// writes. Words before a lone `--` are the kernel's
/// (`name=value`); all after it are arguments. Without a `--`, words that the kernel does not know
/// are arguments too, so that a boot menu's user need not care. `line=TEXT` stands for the words of
/// TEXT: so what a boot loader cannot pass on as words of its own arrives as one. `pointers` has
/// room for command_line_pointers(text). Pure.
Settings parse_command_line(char* text, const char** pointers);

/// The channels alone, if the first word announces them: to report what goes wrong before there is
/// memory for the rest. Leaves the text as it is. Pure.
Settings peek_at_channels(const char* text);

} // namespace hermit::init
