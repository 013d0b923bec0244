#pragma once

#include <array>
#include <cstdint>

#include <unwind/byte_reader.hpp>
#include <unwind/frame_description.hpp>
#include <unwind/memory.hpp>
#include <unwind/registers.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// How the caller's value of one register is found [dwarf/5] §6.4.1.
struct RegisterRule {
    enum class Kind : uint8_t {
        kUnspecified,  ///< same value, except that the stack pointer becomes the CFA
        kUndefined,    ///< lost; of the return address it means: no caller
        kSameValue,    ///< unchanged
        kAtOffset,     ///< in memory at CFA + value
        kIsOffset,     ///< CFA + value itself
        kInRegister,   ///< in register number `value`
        kAtExpression, ///< in memory where the expression says
        kIsExpression, ///< what the expression says
    };

    Kind kind = Kind::kUnspecified;
    uint64_t value = 0; ///< offset, register, or address of the expression's length in .eh_frame
};

/// How the canonical frame address is found.
struct CfaRule {
    enum class Kind : uint8_t { kUnspecified, kRegisterAndOffset, kExpression };

    Kind kind = Kind::kUnspecified;
    uint8_t base = 0;   ///< register number
    uint64_t value = 0; ///< offset, or address of the expression's length in .eh_frame
};

/// The row of the call frame table that holds at one instruction.
struct Row {
    CfaRule cfa;
    std::array<RegisterRule, kRegisterCount> registers;
};

/// Runs the call frame instructions of `frame` up to `pc`, which it covers [dwarf/5] §6.4.2.
///
/// Every instruction consumes at least one byte, so the run is bounded by the entry's length.
[[nodiscard]] Status row_at(const FrameDescription& frame, uint64_t pc, MemoryRef memory, Row& out);

} // namespace hermit::unwind
