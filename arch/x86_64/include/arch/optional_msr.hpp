// Model-specific registers that may be missing although the processor's model has them: a virtual
// machine need not have what it does not promise by CPUID.
#pragma once

#include <arch/interrupts.hpp>
#include <base/result.hpp>

#include <cstdint>

namespace hermit::arch {

/// Reads a register. Error: kNotFound if the processor answers by a general protection fault.
/// [intel/vol2] RDMSR. Any core that has loaded the interrupt table; any context but handlers of
/// exceptions, on whose stack the fault is taken.
Result<std::uint64_t> read_optional_msr(std::uint32_t index);

/// Writes a register; otherwise as above. The fault also means that `value` is not allowed.
Result<void> write_optional_msr(std::uint32_t index, std::uint64_t value);

/// For the handler of general protection faults: if this one came from a function above, has it
/// return an error. Whether it did.
bool skip_missing_msr(InterruptFrame& frame);

} // namespace hermit::arch
