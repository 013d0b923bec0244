// The report of a run: what it cost and what took time from the application. docs/report.md says
// what each figure means. Made when the command line asks for it.
#pragma once

#include <sync/per_core.hpp>

#include <cstdint>

namespace hermit::init {

/// Has a report made, and what it needs measured from now on. Boot core, before others start.
void want_report();
bool report_is_wanted();

/// Page faults that end otherwise than with a page: the call of a nested function carried out, or
/// the end of the system.
enum class FaultEnd : std::uint8_t { kTrampoline, kFatal, kCauses };
extern PerCoreCounts<FaultEnd> fault_ends;

/// Writes the report to the control channel, or to the log if there is none. Touches no application
/// memory and takes no lock but that of the channel. Interrupts off. `end_tsc`: when the run ended.
void write_report(std::uint64_t end_tsc);

/// Ends the system with the report alone: without an exit status. In a non-maskable interrupt.
[[noreturn]] void report_and_end();

/// The regular end: stops the other cores, so that nothing changes any more, writes the report on
/// the interrupt stack, and calls `next` there.
[[noreturn]] void report_at_exit(void (*next)());

} // namespace hermit::init
