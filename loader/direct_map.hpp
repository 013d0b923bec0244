// How much physical memory the loader's direct map has to hold.
#pragma once

#include <boot/boot_info.hpp>

namespace hermit::boot {

/// The end of memory, rounded up to 2 MiB, at most 4 GiB: usable ranges, ACPI tables, and
/// reserved ranges that follow without a gap (firmware keeps its tables at the end of memory). The
/// kernel maps what lies higher.
std::uint64_t direct_map_bytes(const BootInfo& info);

} // namespace hermit::boot
