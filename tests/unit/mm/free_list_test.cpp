#include "free_list_model.hpp"

#include <free_list.hpp>

#include <base/address.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace hermit::mm {
namespace {

constexpr std::uint64_t kUnit = 4 * kKiB;
constexpr std::uint64_t kLarge = 2 * kMiB;

class FreeListTest : public testing::Test {
  protected:
    FreeListTest() { list.add_nodes(storage.data(), storage.size()); }

    std::vector<Range> ranges() const {
        std::vector<Range> all;
        list.for_each([&](Range range) { all.push_back(range); });
        return all;
    }
    void give(std::uint64_t first_unit, std::uint64_t units) {
        ASSERT_TRUE(list.deallocate(first_unit * kUnit, units * kUnit));
    }
    static Range units(std::uint64_t first, std::uint64_t end) {
        return {first * kUnit, end * kUnit};
    }

    alignas(16) std::vector<char> storage = std::vector<char>(64 * kKiB);
    FreeList list{kUnit, kLarge};
};

TEST_F(FreeListTest, ExtendsARangeToTheLeft) {
    give(10, 5);
    give(8, 2);
    EXPECT_EQ(ranges(), (std::vector{units(8, 15)}));
}

TEST_F(FreeListTest, ExtendsARangeToTheRight) {
    give(10, 5);
    give(15, 2);
    EXPECT_EQ(ranges(), (std::vector{units(10, 17)}));
}

TEST_F(FreeListTest, JoinsTwoRangesWhenTheGapCloses) {
    give(10, 5);
    give(20, 5);
    const std::size_t spare = list.spare_nodes();
    give(15, 5);
    EXPECT_EQ(ranges(), (std::vector{units(10, 25)}));
    EXPECT_EQ(list.spare_nodes(), spare + 1);
}

TEST_F(FreeListTest, InsertsARangeThatTouchesNone) {
    give(10, 5);
    give(30, 5);
    give(20, 5);
    EXPECT_EQ(ranges(), (std::vector{units(10, 15), units(20, 25), units(30, 35)}));
}

// An earlier system handed such a range out and kept it in the list.
TEST_F(FreeListTest, ExactAlignedFitLeavesTheList) {
    ASSERT_TRUE(list.deallocate(kLarge, kLarge));
    auto start = list.allocate_aligned(kLarge, kLarge);
    ASSERT_TRUE(start);
    EXPECT_EQ(*start, kLarge);
    EXPECT_EQ(list.range_count(), 0u);
    EXPECT_EQ(list.free_bytes(), 0u);
    EXPECT_FALSE(list.allocate(kUnit));
}

TEST_F(FreeListTest, AlignedAllocationFindsTheOnlyPlace) {
    // Large enough but never aligned, then one that fits exactly from an unaligned start.
    ASSERT_TRUE(list.deallocate(kUnit, kLarge + kUnit * 510));
    ASSERT_TRUE(list.deallocate(5 * kLarge - kUnit, kLarge + kUnit));
    auto start = list.allocate_aligned(kLarge, kLarge);
    ASSERT_TRUE(start);
    EXPECT_EQ(*start, 5 * kLarge);
    EXPECT_FALSE(list.allocate_aligned(kLarge, kLarge));
    EXPECT_TRUE(list.allocate(kLarge + kUnit * 510));
}

TEST_F(FreeListTest, MediumAlignmentTriesWhatMayBeTooSmall) {
    constexpr std::uint64_t kAlignment = 16 * kKiB;
    ASSERT_TRUE(list.deallocate(kUnit, 3 * kUnit));             // no aligned unit inside
    ASSERT_TRUE(list.deallocate(8 * kUnit - kUnit, 2 * kUnit)); // one
    auto start = list.allocate_aligned(kUnit, kAlignment);
    ASSERT_TRUE(start);
    EXPECT_EQ(*start, 8 * kUnit);
    EXPECT_FALSE(list.allocate_aligned(kUnit, kAlignment));
}

TEST_F(FreeListTest, FreeingFreeMemoryIsAnErrorAndChangesNothing) {
    give(10, 10);
    for (const Range bad :
         {units(10, 20), units(9, 11), units(19, 21), units(12, 13), units(5, 30)}) {
        auto done = list.deallocate(bad.start, bad.bytes());
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().code, Errc::kInvalidArgument);
    }
    EXPECT_EQ(ranges(), (std::vector{units(10, 20)}));
    EXPECT_EQ(list.free_bytes(), 10 * kUnit);
}

TEST_F(FreeListTest, ReserveCutsWhateverIsFree) {
    give(10, 10);
    give(30, 10);
    give(50, 10);
    ASSERT_TRUE(list.reserve(15 * kUnit, 40 * kUnit));
    EXPECT_EQ(ranges(), (std::vector{units(10, 15), units(55, 60)}));
    ASSERT_TRUE(list.reserve(57 * kUnit, kUnit));
    EXPECT_EQ(ranges(), (std::vector{units(10, 15), units(55, 57), units(58, 60)}));
    EXPECT_EQ(list.free_bytes(), 9 * kUnit);
}

TEST(FreeListPool, WithoutANodeNothingChanges) {
    alignas(16) char storage[200]; // one node
    FreeList list{kUnit, kLarge};
    EXPECT_EQ(list.deallocate(0, kUnit).error().code, Errc::kOutOfMemory);
    list.add_nodes(storage, 100);
    ASSERT_EQ(list.spare_nodes(), 1u);
    ASSERT_TRUE(list.deallocate(10 * kUnit, 10 * kUnit));
    EXPECT_EQ(list.deallocate(0, kUnit).error().code, Errc::kOutOfMemory);
    EXPECT_EQ(list.reserve(12 * kUnit, kUnit).error().code, Errc::kOutOfMemory);
    EXPECT_EQ(list.allocate_aligned(kUnit, 16 * kUnit).error().code, Errc::kOutOfMemory);
    EXPECT_EQ(list.free_bytes(), 10 * kUnit);
    EXPECT_TRUE(list.allocate(kUnit));
    EXPECT_TRUE(list.deallocate(20 * kUnit, kUnit));
    EXPECT_EQ(list.free_bytes(), 10 * kUnit);
    EXPECT_EQ(list.range_count(), 1u);
}

TEST(FreeListModel, RandomOperationsAgree) {
    constexpr std::size_t kUnits = 2048;
    for (unsigned seed = 0; seed < 20; ++seed) {
        std::mt19937 random{seed};
        std::vector<char> storage(256 * kKiB);
        FreeList list{kUnit, kLarge};
        list.add_nodes(storage.data(), storage.size());
        FreeListModel model{kUnits, kUnit};
        for (int step = 0; step < 2000; ++step) {
            const std::size_t count = 1 + random() % (random() % 8 == 0 ? 600 : 12);
            const std::size_t first = random() % (kUnits - count + 1);
            switch (random() % 4) {
            case 0: {
                const std::size_t alignment = std::size_t{1} << (random() % 10);
                auto start = list.allocate_aligned(count * kUnit, alignment * kUnit);
                ASSERT_EQ(static_cast<bool>(start), model.place(count, alignment) < kUnits)
                    << "seed " << seed << " step " << step;
                if (start) {
                    ASSERT_TRUE(is_aligned(*start, alignment * kUnit));
                    ASSERT_TRUE(model.all(*start / kUnit, count, true));
                    model.set(*start / kUnit, count, false);
                }
                break;
            }
            case 1:
                ASSERT_TRUE(list.reserve(first * kUnit, count * kUnit));
                model.set(first, count, false);
                break;
            default: {
                const bool allowed = model.all(first, count, false);
                ASSERT_EQ(static_cast<bool>(list.deallocate(first * kUnit, count * kUnit)),
                          allowed);
                if (allowed) {
                    model.set(first, count, true);
                }
            }
            }
            if (step % 20 == 0) {
                std::vector<Range> ranges;
                list.for_each([&](Range range) { ranges.push_back(range); });
                ASSERT_EQ(ranges, model.ranges()) << "seed " << seed << " step " << step;
            }
        }
    }
}

} // namespace
} // namespace hermit::mm
