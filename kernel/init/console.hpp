// The system's ways to the outside: standard output, standard error, the kernel log and control.
// Under a launcher that listens, each has a device of its own; else all share the console.
#pragma once

#include <init/command_line.hpp>

#include <cstddef>

namespace hermit::screen {
class Terminal;
}

namespace hermit::init {

enum class Channel : unsigned { kOutput, kError, kLog, kControl };
inline constexpr unsigned kChannels = 4;

/// Prepares the serial port; all channels go there until `connect_channels`.
void initialize_console();

/// Gives the channels the devices that the command line announces.
void connect_channels(const Settings& settings);

/// What goes to the serial port appears on this screen, too, from now on. Boot.
void connect_screen(screen::Terminal& terminal);

/// Whether somebody reads the control channel.
bool has_control_channel();

/// Writes bytes in the order of calls. Several callers do not mix within one call. Any context;
/// spins on the channel's lock with interrupts off for at most a few hundred bytes at a time.
void write_channel(Channel channel, const char* text, std::size_t bytes);

/// From now on only this core speaks, and no lock is waited for: another core, or the code that
/// was interrupted, may hold it for good.
void take_over_console();

/// The device to end the machine with; 0 if there is none.
std::uint16_t exit_port();

} // namespace hermit::init
