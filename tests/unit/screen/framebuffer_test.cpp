#include <screen/framebuffer.hpp>

#include <screen/font.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace hermit::screen {
namespace {

constexpr std::uint8_t kUntouched = 0xA5;

/// A screen of points in memory, with a gap after each line that must stay as it is.
struct Points {
    explicit Points(const PointFormat& point_format)
        : format{point_format}, memory(format.bytes(), kUntouched), screen{memory.data(), format} {}

    std::uint32_t at(unsigned x, unsigned y) const {
        std::uint32_t value = 0;
        std::memcpy(&value, &memory[y * format.pitch + x * format.bytes_per_point()],
                    format.bytes_per_point());
        return value;
    }
    /// The glyph at a place as text, '*' for ink.
    std::string picture(unsigned column, unsigned row, unsigned scale, std::uint32_t ink) const {
        std::string text;
        for (unsigned y = 0; y < 16; y += 2) {
            for (unsigned x = 0; x < 6 * scale; x += scale) {
                const std::uint32_t value = at(column * 6 * scale + x, row * 16 + y);
                EXPECT_EQ(at(column * 6 * scale + x + scale - 1, row * 16 + y + 1), value);
                text += value == 0 ? '.' : value == ink ? '*' : '?';
            }
            text += '\n';
        }
        return text;
    }
    bool has_gaps() const {
        for (unsigned y = 0; y < format.height; ++y) {
            for (unsigned i = format.width * format.bytes_per_point(); i < format.pitch; ++i) {
                if (memory[y * format.pitch + i] != kUntouched) {
                    return false;
                }
            }
        }
        return true;
    }

    PointFormat format;
    std::vector<std::uint8_t> memory;
    Framebuffer screen;
};

constexpr PointFormat kDeep = {100, 50, 420, 32, {16, 8}, {8, 8}, {0, 8}};

constexpr const char* kLetterF = "*****.\n"
                                 "*.....\n"
                                 "*.....\n"
                                 "****..\n"
                                 "*.....\n"
                                 "*.....\n"
                                 "*.....\n"
                                 "......\n";

TEST(Framebuffer, DrawsInEveryFormat) {
    struct Case {
        PointFormat format;
        std::uint32_t ink;
    };
    const Case cases[] = {
        {kDeep, 0xD0D0D0},
        {{100, 50, 320, 32, {24, 8}, {16, 8}, {8, 8}}, 0}, // replaced below: pitch is too small
        {{100, 50, 420, 32, {20, 10}, {10, 10}, {0, 10}}, 834u << 20 | 834u << 10 | 834u},
        {{100, 50, 310, 24, {0, 8}, {8, 8}, {16, 8}}, 0xD0D0D0},
        {{100, 50, 210, 16, {11, 5}, {5, 6}, {0, 5}}, 25u << 11 | 51u << 5 | 25u},
        {{100, 50, 210, 15, {10, 5}, {5, 5}, {0, 5}}, 25u << 10 | 25u << 5 | 25u},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.format.bits_per_pixel);
        if (one.ink == 0) {
            EXPECT_FALSE(is_usable(one.format));
            continue;
        }
        ASSERT_TRUE(is_usable(one.format));
        Points points{one.format};
        EXPECT_EQ(points.screen.columns(), 16u);
        EXPECT_EQ(points.screen.rows(), 3u);
        points.screen.draw(15, 2, 'F');
        EXPECT_EQ(points.picture(15, 2, 1, one.ink), kLetterF);
        EXPECT_EQ(points.at(14 * 6, 2 * 16), 0u);
        points.screen.draw(15, 2, ' ');
        for (unsigned y = 0; y < one.format.height; ++y) {
            for (unsigned x = 0; x < one.format.width; ++x) {
                ASSERT_EQ(points.at(x, y), 0u);
            }
        }
        EXPECT_TRUE(points.has_gaps());
    }
}

TEST(Framebuffer, IsWiderWhereEightyColumnsFit) {
    Points points{{1280, 32, 5120, 32, {16, 8}, {8, 8}, {0, 8}}};
    EXPECT_EQ(points.screen.columns(), 106u);
    EXPECT_EQ(points.screen.rows(), 2u);
    points.screen.draw(105, 1, 'F');
    EXPECT_EQ(points.picture(105, 1, 2, 0xD0D0D0), kLetterF);
}

TEST(Framebuffer, RefusesWhatItCannotShow) {
    EXPECT_TRUE(is_usable(kDeep));
    const auto refuses = [](auto change) {
        PointFormat format = kDeep;
        change(format);
        return !is_usable(format);
    };
    EXPECT_TRUE(refuses([](PointFormat& format) { format.width = 5; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.height = 15; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.pitch = 399; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.bits_per_pixel = 8; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.bits_per_pixel = 0; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.red.bits = 0; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.green.position = 25; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.blue = {255, 255}; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.width = 0x4000'0001; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.height = ~0u; }));
    EXPECT_TRUE(refuses([](PointFormat& format) { format.pitch = ~0u; }));
}

TEST(Font, EveryCharacterHasAPictureOfItsOwn) {
    std::set<std::string> pictures;
    for (char character = ' '; character <= '~'; ++character) {
        const Glyph& glyph = glyph_of(character);
        for (const std::uint8_t row : glyph.rows) {
            EXPECT_LT(row, 1u << kGlyphWidth) << character;
        }
        EXPECT_TRUE(
            pictures.emplace(reinterpret_cast<const char*>(glyph.rows), kGlyphHeight).second)
            << character;
    }
    EXPECT_EQ(&glyph_of('\x7F'), &glyph_of('?'));
    EXPECT_EQ(&glyph_of('\xFC'), &glyph_of('?'));
}

} // namespace
} // namespace hermit::screen
