// Multiboot2 boot information, as GRUB passes it on BIOS and UEFI machines. [multiboot2] §3.6.
#pragma once

#include "gather.hpp"

namespace hermit::boot {

/// What a Multiboot2 loader leaves in EAX. [multiboot2] §3.3.
inline constexpr std::uint32_t kMultiboot2Magic = 0x36D76289;

/// Fills in `info` from the boot information at `address`. The boot information may be overwritten
/// afterwards: the RSDP, of which it holds a copy, is copied once more.
/// `info_physical` is the physical address of `info` itself.
Problem parse_multiboot2(const PhysicalView& memory, std::uint64_t address,
                         std::uint64_t info_physical, BootInfo& info);

} // namespace hermit::boot
