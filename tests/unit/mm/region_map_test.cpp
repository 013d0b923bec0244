#include <region_map.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <vector>

namespace hermit::mm::app {
namespace {

constexpr std::uint64_t kPage = 4 * kKiB;
constexpr RegionProperties kWritable{.protection = {.read = true, .write = true}};
constexpr RegionProperties kReadOnly{.protection = {.read = true}};

class RegionMapTest : public testing::Test {
  protected:
    RegionMapTest() { map.set_bounds(100 * kPage, 1000 * kPage); }

    void prepare() {
        while (map.spares() < RegionMap::kSpares) {
            map.add_spare(nodes.emplace_back());
        }
    }
    void insert(std::uint64_t first, std::uint64_t end, const RegionProperties& properties) {
        prepare();
        map.insert(first * kPage, end * kPage, properties);
    }
    void erase(std::uint64_t first, std::uint64_t end) {
        prepare();
        map.erase(first * kPage, end * kPage);
    }
    std::vector<std::pair<std::uint64_t, std::uint64_t>> regions() {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> all;
        map.for_each(0, UINT64_MAX, [&](const Region& region, std::uint64_t, std::uint64_t) {
            all.emplace_back(region.start / kPage, region.end / kPage);
        });
        return all;
    }
    using Pages = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

    std::deque<Region> nodes;
    RegionMap map;
};

TEST_F(RegionMapTest, JoinsEqualNeighboursOnly) {
    insert(200, 210, kWritable);
    insert(220, 230, kWritable);
    insert(230, 240, kReadOnly);
    insert(210, 220, kWritable);
    EXPECT_EQ(regions(), (Pages{{200, 230}, {230, 240}}));
}

TEST_F(RegionMapTest, EraseSplits) {
    insert(200, 240, kWritable);
    erase(210, 220);
    EXPECT_EQ(regions(), (Pages{{200, 210}, {220, 240}}));
    erase(0, 205);
    erase(235, 900);
    EXPECT_EQ(regions(), (Pages{{205, 210}, {220, 235}}));
    EXPECT_TRUE(map.is_free(210 * kPage, 220 * kPage));
    EXPECT_FALSE(map.is_free(209 * kPage, 220 * kPage));
    EXPECT_FALSE(map.is_free(210 * kPage, 221 * kPage));
}

TEST_F(RegionMapTest, UpdateChangesAPartAndJoinsBack) {
    insert(200, 240, kWritable);
    prepare();
    map.update(210 * kPage, 220 * kPage, [](RegionProperties& p) { p = kReadOnly; });
    EXPECT_EQ(regions(), (Pages{{200, 210}, {210, 220}, {220, 240}}));
    EXPECT_FALSE(map.find(215 * kPage)->properties.protection.write);
    prepare();
    map.update(210 * kPage, 220 * kPage, [](RegionProperties& p) { p = kWritable; });
    EXPECT_EQ(regions(), (Pages{{200, 240}}));
}

TEST_F(RegionMapTest, FindsTheFirstGap) {
    EXPECT_EQ(*map.find_gap(kPage, kPage), 100 * kPage);
    insert(10, 20, kWritable); // below the floor
    insert(100, 200, kWritable);
    insert(210, 300, kReadOnly);
    EXPECT_EQ(*map.find_gap(10 * kPage, kPage), 200 * kPage);
    EXPECT_EQ(*map.find_gap(11 * kPage, kPage), 300 * kPage);
    EXPECT_EQ(*map.find_gap(kPage, 2 * kMiB), 512 * kPage);
    EXPECT_FALSE(map.find_gap(701 * kPage, kPage));
    erase(100, 200);
    EXPECT_EQ(*map.find_gap(50 * kPage, kPage), 100 * kPage);
}

TEST_F(RegionMapTest, DyingRegionsKeepTheirPlace) {
    insert(200, 240, kWritable);
    prepare();
    map.update(210 * kPage, 220 * kPage, [](RegionProperties& p) {
        p = {};
        p.is_dying = true;
    });
    EXPECT_FALSE(map.is_covered(200 * kPage, 240 * kPage));
    EXPECT_FALSE(map.is_free(210 * kPage, 220 * kPage));
    EXPECT_TRUE(map.is_covered_or_dying(200 * kPage, 240 * kPage));
    prepare();
    map.erase_dying(200 * kPage, 205 * kPage); // ends inside a region that stays
    EXPECT_EQ(regions(), (Pages{{200, 210}, {210, 220}, {220, 240}}));
    prepare();
    map.erase_dying(0, 1000 * kPage);
    EXPECT_EQ(regions(), (Pages{{200, 210}, {220, 240}}));
}

/// Against an array with one entry per page.
TEST_F(RegionMapTest, RandomOperationsAgree) {
    constexpr std::uint64_t kPages = 300;
    map.set_bounds(50 * kPage, 250 * kPage);
    std::mt19937 random{7};
    std::vector<int> model(kPages, 0); // 0: free, 1: writable, 2: read only
    const auto same = [&](std::uint64_t first, std::uint64_t end, auto test) {
        bool all = true;
        for (std::uint64_t page = first; page < end; ++page) {
            all = all && test(model[page]);
        }
        return all;
    };
    for (int step = 0; step < 20000; ++step) {
        const std::uint64_t length = 1 + random() % 20;
        const std::uint64_t first = random() % (kPages - length);
        const std::uint64_t end = first + length;
        const int kind = 1 + static_cast<int>(random() % 2);
        const RegionProperties properties = kind == 1 ? kWritable : kReadOnly;
        const bool is_free = same(first, end, [](int page) { return page == 0; });
        ASSERT_EQ(map.is_free(first * kPage, end * kPage), is_free);
        ASSERT_EQ(map.is_covered(first * kPage, end * kPage),
                  same(first, end, [](int page) { return page != 0; }));
        switch (random() % 3) {
        case 0:
            if (is_free) {
                insert(first, end, properties);
                std::fill(model.begin() + first, model.begin() + end, kind);
            }
            break;
        case 1:
            erase(first, end);
            std::fill(model.begin() + first, model.begin() + end, 0);
            break;
        case 2:
            prepare();
            map.update(first * kPage, end * kPage,
                       [&](RegionProperties& found) { found = properties; });
            for (std::uint64_t page = first; page < end; ++page) {
                model[page] = model[page] == 0 ? 0 : kind;
            }
        }
        Pages expected;
        for (std::uint64_t page = 0; page < kPages; ++page) {
            if (model[page] != 0 && page != 0 && model[page] == model[page - 1]) {
                ++expected.back().second;
            } else if (model[page] != 0) {
                expected.emplace_back(page, page + 1);
            }
        }
        ASSERT_EQ(regions(), expected) << "step " << step;
        std::uint64_t gap = 50;
        while (gap + length <= 250 &&
               !same(gap, gap + length, [](int page) { return page == 0; })) {
            ++gap;
        }
        auto found = map.find_gap(length * kPage, kPage);
        ASSERT_EQ(static_cast<bool>(found), gap + length <= 250) << "step " << step;
        if (found) {
            ASSERT_EQ(*found, gap * kPage) << "step " << step;
        }
    }
}

} // namespace
} // namespace hermit::mm::app
