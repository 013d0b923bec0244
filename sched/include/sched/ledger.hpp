// Where each core's time goes, as far as the scheduler knows: for the report at exit.
#pragma once

#include <sync/per_core.hpp>

#include <cstdint>

namespace hermit::sched {

/// Timer interrupts by what they were for: a deadline that had passed (also when a slice ended with
/// it), the end of a time slice, or nothing any more, because it was taken back too late.
enum class TimerCause : std::uint8_t { kDeadline, kSlice, kNothing, kCauses };
extern PerCoreCounts<TimerCause> timer_counts;

/// Time-stamp counter ticks of one core.
struct IdleTimes {
    std::uint64_t started_tsc;         // when its scheduler took over
    std::uint64_t idle_task;           // with the idle task on the core, all that follows included
    std::uint64_t halted;              // of these, halted and in no interrupt
    std::uint64_t polling;             // of these, polling before a halt and in no interrupt
    std::uint64_t interrupts_in_rests; // of these, in interrupts that came meanwhile
    std::uint64_t halts;
    std::uint64_t polls;
};

/// A core's times up to `now`. Exact if the core is stopped or the calling one; measured only if
/// arch::is_measuring.
IdleTimes idle_times(unsigned core, std::uint64_t now);

} // namespace hermit::sched
