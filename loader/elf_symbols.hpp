// The image's symbol table, which a Multiboot2 loader brings along. [multiboot2] §3.6.7.
#pragma once

#include "gather.hpp"

namespace hermit::boot {

/// Looks at the section headers in the tag at `address` (`bytes` with its own header). If a symbol
/// table and its names are in memory, notes where and keeps that memory from being used. What is
/// not there, or wrong, is left out: it only costs names in a backtrace.
void gather_elf_symbols(const PhysicalView& memory, std::uint64_t address, std::uint64_t bytes,
                        BootInfo& info);

} // namespace hermit::boot
