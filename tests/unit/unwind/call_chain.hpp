#pragma once

namespace hermit::unwind::test {

/// Calls `action(argument)` at the bottom of kChainLength functions of different shapes, compiled
/// with -O2 -fomit-frame-pointer: callee-saved registers, variable stack, alignment, indirect call.
void call_chain(void (*action)(void*), void* argument);

inline constexpr unsigned kChainLength = 5;

} // namespace hermit::unwind::test
