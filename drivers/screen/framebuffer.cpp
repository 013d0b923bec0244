#include <screen/framebuffer.hpp>

#include <screen/font.hpp>

#include <atomic>

namespace hermit::screen {
namespace {

constexpr unsigned kCellWidth = kGlyphWidth + 1; // in points of a glyph
constexpr unsigned kLinesPerRow = 2;             // of the screen for one row of a glyph
constexpr unsigned kCellLines = kGlyphHeight * kLinesPerRow;
constexpr unsigned kUsualColumns = 80;
constexpr std::uint32_t kInk = 0xD0; // light grey, of 255
constexpr std::uint32_t kPaper = 0;

bool is_usable(const ColourField& field, std::uint32_t bits_per_pixel) {
    return field.bits >= 1 && field.bits <= 16 && field.position + field.bits <= bits_per_pixel;
}

std::uint32_t shade(const ColourField& field, std::uint32_t level) {
    const std::uint32_t most = (std::uint32_t{1} << field.bits) - 1;
    return level * most / 255 << field.position;
}

} // namespace

bool is_usable(const PointFormat& format) {
    constexpr std::uint32_t kMost = 16384; // points a side
    const std::uint32_t depth = format.bits_per_pixel;
    return (depth == 15 || depth == 16 || depth == 24 || depth == 32) &&
           format.width >= kCellWidth && format.width <= kMost && format.height >= kCellLines &&
           format.height <= kMost && format.pitch >= format.width * format.bytes_per_point() &&
           format.pitch <= 8 * kMost && is_usable(format.red, depth) &&
           is_usable(format.green, depth) && is_usable(format.blue, depth);
}

Framebuffer::Framebuffer(volatile std::uint8_t* memory, const PointFormat& format)
    : memory_{memory}, format_{format}, scale_{format.width >= 2 * kUsualColumns * kCellWidth ? 2u
                                                                                              : 1u},
      ink_{shade(format.red, kInk) | shade(format.green, kInk) | shade(format.blue, kInk)} {
    for (std::uint32_t y = 0; y < format_.height; ++y) {
        volatile std::uint8_t* place = memory_ + std::size_t{y} * format_.pitch;
        for (std::uint32_t x = 0; x < format_.width; ++x, place += format_.bytes_per_point()) {
            put_point(place, kPaper);
        }
    }
}

unsigned Framebuffer::columns() const { return format_.width / (kCellWidth * scale_); }

unsigned Framebuffer::rows() const { return format_.height / kCellLines; }

void Framebuffer::draw(unsigned column, unsigned row, char character) {
    const Glyph& glyph = glyph_of(character);
    const std::uint32_t step = format_.bytes_per_point();
    volatile std::uint8_t* line = memory_ + std::size_t{row} * kCellLines * format_.pitch +
                                  std::size_t{column} * kCellWidth * scale_ * step;
    for (unsigned y = 0; y < kCellLines; ++y, line += format_.pitch) {
        const unsigned points = glyph.rows[y / kLinesPerRow] << 1; // the gap to the next one
        volatile std::uint8_t* place = line;
        for (unsigned x = 0; x < kCellWidth * scale_; ++x, place += step) {
            const bool is_ink = (points >> (kCellWidth - 1 - x / scale_) & 1) != 0;
            put_point(place, is_ink ? ink_ : kPaper);
        }
    }
}

/// A store per point: a write-combining mapping gathers them.
void Framebuffer::put_point(volatile std::uint8_t* place, std::uint32_t value) {
    switch (format_.bytes_per_point()) {
    case 4:
        *reinterpret_cast<volatile std::uint32_t*>(place) = value;
        break;
    case 3:
        place[2] = static_cast<std::uint8_t>(value >> 16);
        [[fallthrough]];
    default:
        place[1] = static_cast<std::uint8_t>(value >> 8);
        place[0] = static_cast<std::uint8_t>(value);
    }
}

void Framebuffer::finish(unsigned, unsigned) {
    // What a write-combining mapping still holds back goes out.
    std::atomic_thread_fence(std::memory_order_seq_cst);
}

} // namespace hermit::screen
