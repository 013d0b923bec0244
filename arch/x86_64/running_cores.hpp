// The cores that run, numbered without gaps; what their start and questions about them share.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// Gives a core that has come the next number. Boot core.
unsigned add_running_core(std::uint32_t apic_id, const void* storage);

/// Makes `block` this core's storage.
void set_up_storage(void* block, unsigned index);

/// So that video memory can be mapped for writing in bursts. Each core once.
void enable_write_combining();

} // namespace hermit::arch
