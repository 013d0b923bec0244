// Halts of the idle task, timed: what the ledger is made of.
#pragma once

#include <sync/per_core.hpp>

#include <cstdint>

namespace hermit::sched {

/// One core's halts so far, in time-stamp counter ticks.
struct Halts {
    std::uint64_t core_started_tsc = 0;
    std::uint64_t count = 0;
    std::uint64_t halted = 0;
    std::uint64_t interrupts = 0;        // handlers that ran during halts
    std::uint64_t start_tsc = 0;         // of the halt under way, else 0
    std::uint64_t interrupts_before = 0; // ticks of all interrupts when it began
};
extern PerCore<Halts> halts;

/// arch::enable_and_halt(), timed.
void measured_halt();

} // namespace hermit::sched
