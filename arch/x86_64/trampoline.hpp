// The page in which further cores start, see trampoline.S: code and constants, which nobody can
// write while it can be executed, and behind it a page with what changes. A core that comes after
// the door was closed stays in real mode: it needs no page table, and no mapping of the page.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Puts the code at `page` and prepares `state`. Cores call `entry`, each on the next of `count`
/// stacks; further ones park.
void fill_trampoline(void* page, void* state, void (*entry)(), const std::uint64_t* stacks,
                     unsigned count);

/// The first thing that a core says when it has left the page.
void leave_trampoline();

/// How many cores came after the door was closed.
unsigned parked_in_trampoline();

} // namespace hermit::arch
