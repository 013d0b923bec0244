// Finding and starting all cores.
#pragma once

#include <cstdint>

namespace hermit::init {

inline constexpr std::uint64_t kUsualPatience = ~std::uint64_t{0};

/// Starts the cores that the firmware's tables name, at most `limit` in all, and waits until each
/// accepts tasks. Those that do not answer, when none has answered for `patience_ms`, are left out
/// with a warning. Boot core, in thread context. Without tables there is one core.
void start_other_cores(unsigned limit, std::uint64_t patience_ms);

} // namespace hermit::init
