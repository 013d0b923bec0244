#include <sched/ledger.hpp>

#include "halt.hpp"

#include <sched/core_scheduler.hpp>

#include <arch/cpu.hpp>
#include <arch/ledger.hpp>

namespace hermit::sched {

HERMIT_PER_CORE PerCoreCounts<TimerCause> timer_counts;
HERMIT_PER_CORE PerCore<Halts> halts;

void measured_halt() {
    Halts& own = halts.local();
    ++own.count;
    own.interrupts_before = arch::interrupt_ticks.local().sum;
    own.start_tsc = arch::read_tsc();
    arch::enable_and_halt();
    const std::uint64_t ticks = arch::read_tsc() - own.start_tsc;
    own.start_tsc = 0;
    const std::uint64_t interrupts = arch::interrupt_ticks.local().sum - own.interrupts_before;
    own.interrupts += interrupts;
    own.halted += ticks - interrupts;
}

IdleTimes idle_times(unsigned core, std::uint64_t now) {
    const std::uintptr_t distance = per_core_distance_of(core);
    const Task& idle = core_scheduler.on(distance).idle;
    const Halts& own = halts.on(distance);
    IdleTimes times{.started_tsc = own.core_started_tsc,
                    .idle_task = idle.run_ticks,
                    .halted = own.halted,
                    .interrupts_in_halt = own.interrupts,
                    .halts = own.count};
    if (idle.started_tsc != 0) {
        times.idle_task += now - idle.started_tsc;
    }
    if (own.start_tsc != 0) { // halted until it was stopped
        const std::uint64_t interrupts =
            arch::interrupt_ticks.on(distance).sum - own.interrupts_before;
        times.interrupts_in_halt += interrupts;
        times.halted += now - own.start_tsc - interrupts;
    }
    return times;
}

} // namespace hermit::sched
