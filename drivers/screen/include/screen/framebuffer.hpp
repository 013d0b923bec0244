// Text on a screen of points.
#pragma once

#include <screen/display.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::screen {

/// Where in a point's value a colour lies.
struct ColourField {
    std::uint8_t position; // of its lowest bit
    std::uint8_t bits;
};

/// How points lie in memory: direct colour, little endian.
struct PointFormat {
    std::uint32_t width, height;  // points
    std::uint32_t pitch;          // bytes from one line to the next
    std::uint32_t bits_per_pixel; // 15, 16, 24 or 32
    ColourField red, green, blue;

    std::uint32_t bytes_per_point() const { return (bits_per_pixel + 7) / 8; }
    std::uint64_t bytes() const { return std::uint64_t{pitch} * height; }
};

/// Whether text can be shown on such a screen: for values that firmware gave. Pure.
bool is_usable(const PointFormat& format);

class Framebuffer final : public Display {
  public:
    /// Clears the screen. `memory`: format.bytes() mapped; `format` is usable.
    Framebuffer(volatile std::uint8_t* memory, const PointFormat& format);

    unsigned columns() const override;
    unsigned rows() const override;
    void draw(unsigned column, unsigned row, char character) override;
    void finish(unsigned column, unsigned row) override;

  private:
    void put_point(volatile std::uint8_t* place, std::uint32_t value);

    volatile std::uint8_t* memory_;
    PointFormat format_;
    unsigned scale_; // points side by side for one of a glyph
    std::uint32_t ink_;
};

} // namespace hermit::screen
