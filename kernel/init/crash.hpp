// Reports of what cannot be recovered: what happened, in which thread, where.
#pragma once

#include <arch/interrupts.hpp>
#include <base/format.hpp>

namespace hermit::init {

/// Reports a crash in interrupted code, its registers and its backtrace, and ends the system with a
/// status that is not zero. Any context.
[[noreturn]] void crash(const arch::InterruptFrame& frame, const char* text);

/// Stops this core if another one is reporting a crash. Called for non-maskable interrupts.
void stop_if_crashing();

/// Ends the system after a crash: exit status 134, as for SIGABRT.
inline constexpr int kCrashStatus = 134;

} // namespace hermit::init
