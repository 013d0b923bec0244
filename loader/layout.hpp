// Addresses that the loader and the kernel agree on. entry.S repeats kAliasBase.
#pragma once

#include <cstdint>

namespace hermit::boot {

/// The image's first byte is linked here (hermit.ld).
inline constexpr std::uint64_t kImageBase = 0x200000;
/// All physical memory, without execute permission; equal to mm::kDirectMap.
inline constexpr std::uint64_t kDirectMapBase = 0xFFFF'8000'0000'0000;
/// Where the loader itself runs: the first 4 GiB once more, until the kernel is entered.
inline constexpr std::uint64_t kAliasBase = 0xFFFF'FF80'0000'0000;
/// What the loader can reach.
inline constexpr std::uint64_t kReachableBytes = std::uint64_t{4} << 30;

} // namespace hermit::boot
