#include "boot_phases.hpp"

namespace hermit::init {
namespace {

std::uint64_t starts[static_cast<unsigned>(Phase::kCount)];

} // namespace

void begin_phase(Phase phase, std::uint64_t tsc) { starts[static_cast<unsigned>(phase)] = tsc; }

std::uint64_t phase_start(Phase phase) { return starts[static_cast<unsigned>(phase)]; }

} // namespace hermit::init
