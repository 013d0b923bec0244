#pragma once

#include <cstdint>
#include <optional>

#include <unwind/byte_reader.hpp>
#include <unwind/memory.hpp>
#include <unwind/registers.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// Operations that one expression may execute; its branches could loop for ever.
inline constexpr unsigned kMaxExpressionSteps = 256;

/// Evaluates a DWARF expression on a small stack machine [dwarf/5] §2.5.
///
/// `initial` is what the stack holds at the start: nothing for a CFA, the CFA for a register.
/// Operations that call frame information may not use (locations, objects, calls) are
/// Status::kBadCfi.
[[nodiscard]] Status evaluate(ByteReader expression, const Registers& registers, MemoryRef memory,
                              std::optional<uint64_t> initial, uint64_t& result);

} // namespace hermit::unwind
