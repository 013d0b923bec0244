// The text mode of a VGA, as a BIOS leaves it.
#pragma once

#include <screen/display.hpp>

#include <cstdint>

namespace hermit::screen {

/// Where a VGA's text lies; a character and its colours take two bytes.
inline constexpr std::uint64_t kVgaTextMemory = 0xB8000;

class VgaText final : public Display {
  public:
    /// `memory`: the mapped text memory, columns * rows * 2 bytes.
    VgaText(volatile std::uint16_t* memory, unsigned columns, unsigned rows);

    unsigned columns() const override { return columns_; }
    unsigned rows() const override { return rows_; }
    void draw(unsigned column, unsigned row, char character) override;
    void finish(unsigned column, unsigned row) override;

  private:
    volatile std::uint16_t* memory_;
    unsigned columns_;
    unsigned rows_;
};

} // namespace hermit::screen
