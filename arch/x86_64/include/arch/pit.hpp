// Channel 2 of the 8254 interval timer: a counter of known frequency, for calibration only.
#pragma once

#include <cstdint>

namespace hermit::arch {

inline constexpr std::uint64_t kPitHertz = 1'193'182;

/// Starts channel 2 counting down from 65,535, once; about 55 ms.
void start_pit();

/// The current count.
std::uint16_t read_pit();

} // namespace hermit::arch
