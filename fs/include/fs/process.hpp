// The one process's files: its names, its descriptors, its devices.
#pragma once

#include <fs/console.hpp>
#include <fs/descriptor_table.hpp>
#include <fs/namespace.hpp>

namespace hermit::fs {

/// Makes the tree (/tmp, /home, /dev with its devices) and opens 0, 1 and 2. The sinks stay alive
/// for good. After `set_environment`, once, on the boot core, before any thread uses files.
Result<void> initialize(ConsoleSink& output, ConsoleSink& error);

/// As above with the kernel's own environment. Needs mm and sched. Defined for the target only.
Result<void> initialize_in_kernel(ConsoleSink& output, ConsoleSink& error);

Namespace& names();
DescriptorTable& descriptors();

} // namespace hermit::fs
