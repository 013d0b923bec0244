// Reports of what cannot be recovered: what happened, in which thread, where.
#pragma once

#include <arch/interrupts.hpp>
#include <base/address.hpp>

#include <optional>

namespace hermit::init {

/// Reports a crash in interrupted code: where the address that it accessed belongs to, if it is
/// known, backtrace, registers, what the other cores were doing. Ends the system with a status that
/// is not zero. Any context.
[[noreturn]] void crash(const arch::InterruptFrame& frame, const char* text,
                        std::optional<VirtAddr> accessed = std::nullopt);

/// Whether this core is reporting a crash. Interrupts off.
bool is_reporting();

} // namespace hermit::init
