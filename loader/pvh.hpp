// PVH direct boot, as QEMU's -kernel and other monitors do it. [pvh] "struct hvm_start_info".
#pragma once

#include "gather.hpp"

namespace hermit::boot {

/// Whether PVH start information lies at `address`.
bool is_pvh(const PhysicalView& memory, std::uint64_t address);

/// Fills in `info` from the PVH start information at `address`.
Problem parse_pvh(const PhysicalView& memory, std::uint64_t address, BootInfo& info);

} // namespace hermit::boot
