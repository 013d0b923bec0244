// The letters of a screen that shows points only: ASCII, five points wide and eight high.
#pragma once

#include <cstdint>

namespace hermit::screen {

inline constexpr unsigned kGlyphWidth = 5;
inline constexpr unsigned kGlyphHeight = 8; // the lowest row is for what hangs below the line

struct Glyph {
    std::uint8_t rows[kGlyphHeight]; // from the top; bit 4 is the leftmost point
};

/// The picture of a character; that of '?' for what has none.
const Glyph& glyph_of(char character);

} // namespace hermit::screen
