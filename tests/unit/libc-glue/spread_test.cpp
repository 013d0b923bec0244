#include "memory/spread.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace {

constexpr std::size_t kKiB = 1024;

TEST(Spread, OffsetStaysInTheRoomAndIsAligned) {
    for (const std::size_t room :
         {0ul, 1ul, 63ul, 64ul, 65ul, 4095ul, 4096ul, 8191ul, 65535ul, 65536ul}) {
        for (std::uint64_t number = 0; number < 10000; ++number) {
            const std::size_t offset = spread_offset(number, room);
            ASSERT_LE(offset, room);
            ASSERT_EQ(offset % kSpreadLine, 0u);
        }
    }
}

TEST(Spread, ChoicesAreBelowTheirCount) {
    for (const std::uint64_t number : {0ul, 1ul, 0x7fffffffful, ~0ul}) {
        EXPECT_EQ(spread_choice(number, SPREAD_GOLDEN, 1), 0u);
        EXPECT_LT(spread_choice(number, SPREAD_GOLDEN, 3), 3u);
        EXPECT_LT(spread_choice(number, SPREAD_GOLDEN, 65535), 65535u);
    }
}

TEST(Spread, AllPlacesAreUsedEquallyOften) {
    std::vector<int> uses(513);
    for (std::uint64_t number = 0; number < 513 * 20; ++number) {
        ++uses[spread_choice(number, SPREAD_GOLDEN, uses.size())];
    }
    const auto [least, most] = std::minmax_element(uses.begin(), uses.end());
    EXPECT_GE(*least, 17);
    EXPECT_LE(*most, 23);
}

/// Arrays of one size that are allocated one after the other, wherever the first one lies: five
/// begin in different lines of a page, and they use no fewer than four of any 64 pages.
TEST(Spread, ArraysInARowBeginAtDifferentPlaces) {
    constexpr std::size_t kSlice = 64 * kKiB;
    for (std::size_t size = 512 * kKiB; size <= 4096 * kKiB; size *= 2) {
        const std::size_t slices = (size + spread_room(size)) / kSlice;
        for (std::uint64_t first = 0; first < 100000; first += 17) {
            std::set<std::size_t> lines, pages;
            for (std::uint64_t i = 0; i < 5; ++i) {
                const std::uint64_t slice = first + i * slices;
                const std::uint64_t start =
                    slice * kSlice + spread_offset(slice, spread_room(size));
                lines.insert(start / 64 % 64);
                pages.insert(start / 4096 % 64);
            }
            ASSERT_EQ(lines.size(), 5u) << size << " at slice " << first;
            ASSERT_GE(pages.size(), 4u) << size << " at slice " << first;
        }
    }
}

TEST(Spread, RoomIsAnEighthAndNeverMoreThan64KiB) {
    EXPECT_EQ(spread_room(256 * kKiB), 32 * kKiB);
    EXPECT_EQ(spread_room(512 * kKiB), 64 * kKiB);
    EXPECT_EQ(spread_room(std::size_t{1} << 40), 64 * kKiB);
}

} // namespace
