// What both boot protocols have in common: filling in BootInfo piece by piece.
#pragma once

#include <boot/boot_info.hpp>

#include "physical_view.hpp"

namespace hermit::boot {

/// What a parser found wrong, for the log; null: nothing.
using Problem = const char*;

/// Copies the text at `address` until its end, the view's end or BootInfo's capacity; the last two
/// set `command_line_truncated`.
void gather_command_line(const PhysicalView& memory, std::uint64_t address, BootInfo& info);

/// Adds a range of the firmware's memory map, `type` numbered as in [acpi/6.5] §15 table 15.2
/// (both protocols use these numbers). A neighbour of the previous range extends that one. Empty
/// ranges are left out and those beyond 2^52 are cut. False if there is no room left.
bool gather_memory(std::uint64_t start, std::uint64_t bytes, std::uint32_t type, BootInfo& info);

/// Whether the kernel options (all words before a lone "--") ask for information in the log.
bool wants_log(const char* command_line);

} // namespace hermit::boot
