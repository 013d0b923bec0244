#include <boot_arena.hpp>

#include <gtest/gtest.h>

#include <cstring>

namespace hermit::mm {
namespace {

TEST(BootArena, PiecesAreAlignedApartAndItsOwn) {
    static BootArena<1024> arena;
    char* last_end = nullptr;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < 12; ++i) {
        const std::size_t bytes = 1 + i * 7;
        const std::size_t alignment = std::size_t{1} << (i % 7);
        auto* const piece = static_cast<char*>(arena.allocate(bytes, alignment));
        ASSERT_NE(piece, nullptr);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece) % alignment, 0u);
        EXPECT_GE(piece, last_end);
        EXPECT_TRUE(arena.owns(piece) && arena.owns(piece + bytes - 1));
        std::memset(piece, 0xAA, bytes);
        last_end = piece + bytes;
        sum += bytes;
    }
    EXPECT_LT(sum, 1024u);
    EXPECT_FALSE(arena.owns(&arena + 1));
    int elsewhere = 0;
    EXPECT_FALSE(arena.owns(&elsewhere));
}

TEST(BootArena, EndsWithNull) {
    static BootArena<256> arena;
    EXPECT_EQ(arena.allocate(257, 1), nullptr);
    EXPECT_EQ(arena.allocate(SIZE_MAX, 1), nullptr);
    ASSERT_NE(arena.allocate(200, 8), nullptr);
    EXPECT_EQ(arena.allocate(57, 1), nullptr);
    EXPECT_EQ(arena.allocate(50, 64), nullptr) << "no room once aligned";
    EXPECT_NE(arena.allocate(56, 1), nullptr);
    EXPECT_EQ(arena.allocate(1, 1), nullptr);
}

} // namespace
} // namespace hermit::mm
