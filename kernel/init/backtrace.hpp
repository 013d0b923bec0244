// Backtraces of code that was interrupted, on this core or another.
#pragma once

#include <arch/interrupts.hpp>
#include <base/format.hpp>
#include <boot/boot_info.hpp>
#include <unwind/registers.hpp>

namespace hermit::init {

/// Finds the functions' names that the image brought along. Boot core.
void use_function_names(const boot::BootInfo& info);

/// The registers of interrupted code as the unwinder wants them.
unwind::Registers registers_of(const arch::InterruptFrame& frame);

/// Called for each frame, innermost first: an address in the instruction in question or in the
/// call, and its "function+0x12", or "" if no function is known there.
using FrameVisitor = void (*)(unsigned number, VirtAddr address, const char* place);

/// Walks the stack. Allocates nothing, takes no lock, reads only what is mapped. Any context.
void walk_stack(const unwind::Registers& registers, FrameVisitor visit);

} // namespace hermit::init
