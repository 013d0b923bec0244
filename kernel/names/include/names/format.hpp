// How the names of an image's functions lie in the image: written by tools/function_names after the
// link, read by FunctionNames when the system crashes. Little-endian, no padding.
//
// Header | Pair[256] | Block[block_count] | entries
//
// The functions come in the order of their addresses, kFunctionsPerBlock to a block, so that a
// block is found by binary search. An entry is
//   the distance from the start of the function before it (LEB128; 0 for the first of a block),
//   how many characters the name shares with the name before it (a byte; 0 for the first),
//   the rest of the name in codes, and a code of 0.
// A code stands for two others, first and second, if its pair has a second; else for itself.
// [gage] P. Gage, "A New Algorithm for Data Compression", 1994.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::names {

inline constexpr std::uint32_t kMagic = 0x4D414E48; // "HNAM"; hermit.ld repeats it
inline constexpr unsigned kFunctionsPerBlock = 16;
inline constexpr std::size_t kLongestName = 159; // longer ones are cut

struct Header {
    std::uint32_t magic;
    std::uint32_t bytes; // of all, header included; those of a header alone: no names
    std::uint32_t block_count;
    std::uint32_t end; // of the last function's code
};
static_assert(sizeof(Header) == 16);

struct Pair {
    std::uint8_t first;
    std::uint8_t second; // not 0
};
static_assert(sizeof(Pair) == 2);
inline constexpr unsigned kCodes = 256;

struct Block {
    std::uint32_t address;  // start of its first function
    std::uint32_t position; // of its first entry, from the header on
};
static_assert(sizeof(Block) == 8);

} // namespace hermit::names
