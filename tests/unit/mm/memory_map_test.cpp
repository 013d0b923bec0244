#include <memory_map.hpp>

#include <base/address.hpp>

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace hermit::mm {
namespace {

using boot::MemoryKind;
using boot::MemoryRange;

MemoryRange entry(std::uint64_t start, std::uint64_t end, MemoryKind kind = MemoryKind::kUsable) {
    return {start, end - start, kind, 0};
}

std::vector<Range> usable(const std::vector<MemoryRange>& entries) {
    CleanMap map;
    clean_usable(entries, map);
    return {map.view().begin(), map.view().end()};
}

TEST(MemoryMap, SortsAndJoins) {
    EXPECT_EQ(usable({entry(0x8000, 0x9000), entry(0x1000, 0x3000), entry(0x3000, 0x5000)}),
              (std::vector<Range>{{0x1000, 0x5000}, {0x8000, 0x9000}}));
}

TEST(MemoryMap, WhatIsReservedByAnyAccountIsNotUsable) {
    EXPECT_EQ(usable({entry(0x1000, 0x9000), entry(0x3000, 0x4000, MemoryKind::kReserved),
                      entry(0x6000, 0x7000, MemoryKind::kAcpiReclaimable)}),
              (std::vector<Range>{{0x1000, 0x3000}, {0x4000, 0x6000}, {0x7000, 0x9000}}));
    EXPECT_TRUE(
        usable({entry(0x3000, 0x4000), entry(0x1000, 0x9000, MemoryKind::kReserved)}).empty());
}

TEST(MemoryMap, RoundsInwards) {
    EXPECT_EQ(usable({entry(0x0, 0x9FC00), entry(0x9FC00, 0xA0000, MemoryKind::kReserved)}),
              (std::vector<Range>{{0x0, 0x9F000}}));
    EXPECT_EQ(usable({entry(0x1001, 0x2FFF)}), std::vector<Range>{});
    // A page that two usable entries share is whole.
    EXPECT_EQ(usable({entry(0x1000, 0x2800), entry(0x2800, 0x4000)}),
              (std::vector<Range>{{0x1000, 0x4000}}));
}

TEST(MemoryMap, NonsenseIsHarmless) {
    const std::uint64_t end = std::uint64_t{1} << 52;
    EXPECT_TRUE(usable({}).empty());
    EXPECT_TRUE(usable({entry(0x5000, 0x5000)}).empty());
    EXPECT_EQ(usable({{end - 0x1000, UINT64_MAX, MemoryKind::kUsable, 0}}),
              (std::vector<Range>{{end - 0x1000, end}}));
    EXPECT_TRUE(usable({{UINT64_MAX - 5, 100, MemoryKind::kUsable, 0}}).empty());
    EXPECT_TRUE(usable({entry(0x1000, 0x5000), {0, UINT64_MAX, MemoryKind::kReserved, 0}}).empty());
}

TEST(MemoryMap, CoversEverythingDescribed) {
    CleanMap map;
    const std::vector<MemoryRange> entries{
        entry(0x0, 0x9FC00), entry(0xF0000, 0x100000, MemoryKind::kReserved),
        entry(0x100000, 0x7FE0000), entry(0x7FE0000, 0x8000000, MemoryKind::kReserved),
        entry(0xFEFFC000, 0xFF000000, MemoryKind::kReserved)};
    cover_all(entries, 2 * kMiB, map);
    ASSERT_EQ(map.count, 2u);
    EXPECT_EQ(map.ranges[0], (Range{0, 0x8000000}));
    EXPECT_EQ(map.ranges[1], (Range{0xFEE00000, 0xFF000000}));
}

TEST(MemoryMap, RandomMapsAgreeWithAFlagPerPage) {
    constexpr std::uint64_t kPage = 4 * kKiB;
    constexpr std::uint64_t kPages = 200;
    for (unsigned seed = 0; seed < 500; ++seed) {
        std::mt19937 random{seed};
        std::vector<MemoryRange> entries(random() % boot::kMaxMemoryRanges);
        for (MemoryRange& range : entries) {
            const std::uint64_t start = random() % (kPages * 8);
            const std::uint64_t length = random() % 160;
            // In eighths of a page: edges inside pages, but no page is usable in parts only.
            range = {start * kPage / 8, length * kPage / 8,
                     random() % 4 == 0 ? MemoryKind::kReserved : MemoryKind::kUsable, 0};
        }
        CleanMap map;
        clean_usable(entries, map);
        for (std::uint64_t page = 0; page < kPages + 30; ++page) {
            bool expected = true;
            for (std::uint64_t part = 0; part < 8; ++part) {
                const std::uint64_t at = page * kPage + part * kPage / 8;
                bool free = false;
                bool other = false;
                for (const MemoryRange& range : entries) {
                    if (at >= range.start && at < range.start + range.bytes) {
                        (range.kind == MemoryKind::kUsable ? free : other) = true;
                    }
                }
                expected = expected && free && !other;
            }
            bool found = false;
            for (const Range& range : map.view()) {
                found = found || (page * kPage >= range.start && (page + 1) * kPage <= range.end);
            }
            ASSERT_EQ(found, expected) << "seed " << seed << " page " << page;
        }
        for (std::size_t i = 1; i < map.count; ++i) {
            ASSERT_GT(map.ranges[i].start, map.ranges[i - 1].end);
        }
    }
}

} // namespace
} // namespace hermit::mm
