// Packs functions and their names as kernel/names wants them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hermit::names {

struct Function {
    std::uint32_t start;
    std::uint32_t end;
    std::string name; // not empty
};

/// The whole table, header included. `functions` are sorted by their starts, which differ.
std::vector<std::uint8_t> encode(std::span<const Function> functions);

} // namespace hermit::names
