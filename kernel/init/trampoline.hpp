// Calls through pointers to nested functions, without code on stacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace hermit::init {

/// What the code does that GCC writes to the stack where a program takes the address of a nested
/// function (in C; in Fortran where an internal procedure is passed as an argument): it loads the
/// frame of the enclosing function and goes to the nested one. [sysv/x86-64] §3.2.3: r10.
struct Trampoline {
    std::uint64_t function;     // to r11, and where to go on
    std::uint64_t static_chain; // to r10
};

inline constexpr std::size_t kTrampolineBytes = 27; // of the longest form

/// Reads kTrampolineBytes of code; nothing if they are not exactly such a trampoline.
std::optional<Trampoline> read_trampoline(const std::uint8_t* code);

} // namespace hermit::init
