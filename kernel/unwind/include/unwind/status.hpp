#pragma once

#include <cstdint>

namespace hermit::unwind {

/// How a step of the unwinder went, and in the end why the backtrace stopped.
enum class Status : uint8_t {
    kOk,         ///< there is a next frame
    kEndOfStack, ///< the outermost frame: return address 0 or declared undefined
    kNoFde,      ///< no call frame information covers the address
    kBadCfi,     ///< the information is malformed or says something that cannot be
    kUnreadable, ///< a needed memory word cannot be read (wild stack pointer)
    kTooDeep,    ///< the frame limit was reached; recursion or a stack that loops
};

/// One or two words for the kernel log.
constexpr const char* text(Status status) {
    switch (status) {
    case Status::kOk: return "more frames";
    case Status::kEndOfStack: return "end of stack";
    case Status::kNoFde: return "no unwind information";
    case Status::kBadCfi: return "bad unwind information";
    case Status::kUnreadable: return "unreadable stack";
    case Status::kTooDeep: return "too many frames";
    }
    return "unknown";
}

} // namespace hermit::unwind
