// Halts and polls of the idle task, timed: what the ledger is made of.
#pragma once

#include <sync/per_core.hpp>

#include <cstdint>

namespace hermit::sched {

/// What a core does that has nothing to run.
enum class Rest : std::uint8_t { kHalted, kPolling, kRests };

/// One core's rests so far, in time-stamp counter ticks.
struct Rests {
    struct Sum {
        std::uint64_t count = 0;
        std::uint64_t ticks = 0; // without interrupts
    };
    std::uint64_t core_started_tsc = 0;
    Sum sums[static_cast<unsigned>(Rest::kRests)];
    std::uint64_t interrupts = 0;        // handlers that ran during rests
    Rest under_way = Rest::kHalted;      // if `start_tsc` is not 0
    std::uint64_t start_tsc = 0;         // of the rest under way
    std::uint64_t interrupts_before = 0; // ticks of all interrupts when it began
};
extern PerCore<Rests> rests;

/// Before and after a rest. Interrupts off.
void begin_measuring(Rest rest);
void end_measuring();

/// arch::enable_and_halt(), timed.
void measured_halt();

} // namespace hermit::sched
