#include <sched/ledger.hpp>

#include "rest.hpp"

#include <sched/core_scheduler.hpp>

#include <arch/cpu.hpp>
#include <arch/ledger.hpp>

namespace hermit::sched {

HERMIT_PER_CORE PerCoreCounts<TimerCause> timer_counts;
HERMIT_PER_CORE PerCore<Rests> rests;

namespace {

/// Ends the rest under way in the books of a core, perhaps in a copy.
void add_rest(Rests& books, std::uint64_t now, std::uint64_t all_interrupts) {
    const std::uint64_t interrupts = all_interrupts - books.interrupts_before;
    books.interrupts += interrupts;
    books.sums[static_cast<unsigned>(books.under_way)].ticks += now - books.start_tsc - interrupts;
    books.start_tsc = 0;
}

} // namespace

void begin_measuring(Rest rest) {
    Rests& own = rests.local();
    ++own.sums[static_cast<unsigned>(rest)].count;
    own.under_way = rest;
    own.interrupts_before = arch::interrupt_ticks.local().sum;
    own.start_tsc = arch::read_tsc();
}

void end_measuring() {
    add_rest(rests.local(), arch::read_tsc(), arch::interrupt_ticks.local().sum);
}

void measured_halt() {
    begin_measuring(Rest::kHalted);
    arch::enable_and_halt();
    end_measuring();
}

IdleTimes idle_times(unsigned core, std::uint64_t now) {
    const std::uintptr_t distance = per_core_distance_of(core);
    const Task& idle = core_scheduler.on(distance).idle;
    Rests books = rests.on(distance);
    if (books.start_tsc != 0) { // rested until it was stopped
        add_rest(books, now, arch::interrupt_ticks.on(distance).sum);
    }
    const Rests::Sum& halted = books.sums[static_cast<unsigned>(Rest::kHalted)];
    const Rests::Sum& polling = books.sums[static_cast<unsigned>(Rest::kPolling)];
    IdleTimes times{.started_tsc = books.core_started_tsc,
                    .idle_task = idle.run_ticks,
                    .halted = halted.ticks,
                    .polling = polling.ticks,
                    .interrupts_in_rests = books.interrupts,
                    .halts = halted.count,
                    .polls = polling.count};
    if (idle.started_tsc != 0) {
        times.idle_task += now - idle.started_tsc;
    }
    return times;
}

} // namespace hermit::sched
