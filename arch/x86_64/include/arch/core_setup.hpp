// Bringing up cores; for the boot sequence only.
#pragma once

#include <arch/descriptors.hpp>
#include <arch/firmware/machine.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::arch {

/// Bytes of per-core storage that each core needs, 64-byte aligned.
std::size_t per_core_bytes();

/// Gives the boot core its per-core storage (inside the image), descriptors, interrupt table and
/// vector state. The first thing the kernel does; exceptions are reported from here on.
void set_up_boot_core();

/// Tells arch what the firmware's tables say; `machine` stays where it is. Boot core, before its
/// APIC is switched on.
void describe_machine(const firmware::Machine& machine);

/// What `describe_machine` was told.
const firmware::Machine& machine();

/// APIC ID of a running core.
std::uint32_t apic_id_of_core(unsigned core);

/// What a further core is given before it starts.
struct CoreResources {
    std::uint64_t boot_stack_top;
    std::uint64_t boot_stack_bytes;
    InterruptStackTops interrupt_stacks;
    void* per_core_storage; // per_core_bytes(), 64-byte aligned
};

/// Physical address of the page where further cores start in real mode. The kernel maps it at this
/// same virtual address, readable and executable, while cores start.
inline constexpr std::uint64_t kTrampolinePage = 0x8000;
/// The page behind, with what the starting cores change. Never executable.
inline constexpr std::uint64_t kTrampolineState = 0x9000;

/// Announces a core that is to be started. Boot core, before `start_cores`. At most kMaxCores−1.
void add_core(std::uint32_t apic_id, const CoreResources& resources);

/// Prepares both pages for the announced cores, of which there must be some. Before the first is
/// made executable.
void write_trampoline(void* page, void* state);

/// Starts all announced cores, together or, on a virtual machine, a few at a time, and waits until
/// they have answered. When none has answered for `patience_ns` the missing ones are left out; if
/// they answer late they park. Each started core calls `on_core_started(index)`; indices are dense,
/// in the order of announcement. Returns the number of cores that run. Time is calibrated.
unsigned start_cores(std::uint64_t patience_ns);

/// From now on cores that come stay in real mode. Waits until none is on its way in
/// kTrampolinePage, which then needs no mapping any more; false if that takes longer than
/// `patience_ns`.
[[nodiscard]] bool close_trampoline(std::uint64_t patience_ns);

/// How the cores' time-stamp counters compare with the boot core's.
struct ClockComparison {
    unsigned differing = 0;          // cores whose counter certainly differs
    unsigned core = 0;               // the one with the largest difference
    std::uint64_t difference_ns = 0; // at least so much
    std::uint64_t exactness_ns = 0;  // smaller differences may have gone unseen
};
/// Once all started cores have called `on_core_started`.
ClockComparison compare_clocks();

/// How many cores were left out, and how many of these have answered since and are parked.
struct MissingCores {
    unsigned left_out;
    unsigned parked;
};
MissingCores missing_cores();

} // namespace hermit::arch
