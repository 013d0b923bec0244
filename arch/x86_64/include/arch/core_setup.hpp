// Bringing up cores; for the boot sequence only.
#pragma once

#include <arch/descriptors.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::arch {

/// Bytes of per-core storage that each core needs, 64-byte aligned.
std::size_t per_core_bytes();

/// Gives the boot core its per-core storage (inside the image), descriptors, interrupt table and
/// vector state. The first thing the kernel does; exceptions are reported from here on.
void set_up_boot_core();

/// What a further core is given before it starts.
struct CoreResources {
    std::uint64_t boot_stack_top;
    InterruptStackTops interrupt_stacks;
    void* per_core_storage; // per_core_bytes(), 64-byte aligned
};

/// Physical address of the page where further cores start in real mode. The kernel maps it at this
/// same virtual address, readable and executable, while cores start.
inline constexpr std::uint64_t kTrampolinePage = 0x8000;

/// Announces a core that is to be started. Boot core, before `start_cores`. At most kMaxCores−1.
void add_core(std::uint32_t apic_id, const CoreResources& resources);

/// Starts all announced cores at the same time and waits until they have answered, at most about a
/// second. Those that did not are left out and park if they answer late. `trampoline` is where
/// kTrampolinePage can be written. Each started core calls `on_core_started(index)`; indices are
/// dense, in the order of announcement. Returns the number of cores that run. Time is calibrated.
unsigned start_cores(void* trampoline);

} // namespace hermit::arch
