// When the parts of a run began: for the report at exit.
#pragma once

#include <cstdint>

namespace hermit::init {

/// In the order in which they happen. The application's own come from libc-glue.
enum class Phase : unsigned { kLoader, kMemory, kFirmware, kTime, kThread, kCores, kFiles, kCount };

/// Notes the beginning of a phase, and with it the end of the one before, as time-stamp counter.
void begin_phase(Phase phase, std::uint64_t tsc);
/// When it began, 0 if it has not.
std::uint64_t phase_start(Phase phase);

} // namespace hermit::init
