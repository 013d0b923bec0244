// Which instructions change the call stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace hermit::profile {

enum class Kind { kOther, kCall, kReturn, kInterruptReturn };

/// What a 64-bit instruction does to the call stack, from its bytes. Near calls and returns only:
/// Hermitage has one code segment. [intel/vol2] §2.1, CALL, RET, IRET.
constexpr Kind kind_of(std::span<const std::uint8_t> bytes) {
    std::size_t at = 0;
    const auto is_prefix = [](std::uint8_t byte) {
        switch (byte) {
        case 0x2E: // segments; 0x3E also stands for "notrack"
        case 0x36:
        case 0x3E:
        case 0x26:
        case 0x64:
        case 0x65:
        case 0x66: // sizes
        case 0x67:
        case 0xF2: // "bnd"
        case 0xF3: // "rep ret" suits old branch predictors
            return true;
        default:
            return (byte & 0xF0) == 0x40; // REX
        }
    };
    while (at < bytes.size() && is_prefix(bytes[at])) {
        ++at;
    }
    if (at == bytes.size()) {
        return Kind::kOther;
    }
    switch (bytes[at]) {
    case 0xE8:
        return Kind::kCall;
    case 0xFF: {
        const bool is_call = at + 1 < bytes.size() && (bytes[at + 1] >> 3 & 7) == 2;
        return is_call ? Kind::kCall : Kind::kOther;
    }
    case 0xC2:
    case 0xC3:
        return Kind::kReturn;
    case 0xCF:
        return Kind::kInterruptReturn;
    default:
        return Kind::kOther;
    }
}

} // namespace hermit::profile
