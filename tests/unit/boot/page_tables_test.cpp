#include <page_tables.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

namespace hermit::boot {
namespace {

constexpr std::uint64_t kPoolPhysical = 0x7000;
constexpr std::uint64_t kMiB = 1 << 20;

/// What the processor would find for an address, by an own walk over the tables.
struct Mapping {
    std::uint64_t physical, page_bytes;
    bool writable, executable;
    friend bool operator==(const Mapping&, const Mapping&) = default;
};

class PageTablesTest : public testing::Test {
  protected:
    PageTables make(unsigned pages) {
        pool_.assign(pages * 512, 0);
        return {pool_.data(), kPoolPhysical, pages};
    }
    std::optional<Mapping> walk(const PageTables& tables, std::uint64_t address) const {
        std::uint64_t table = tables.root();
        bool writable = true;
        bool executable = true;
        for (unsigned shift = 39;; shift -= 9) {
            const std::uint64_t entry =
                pool_.at((table - kPoolPhysical) / 8 + ((address >> shift) & 511));
            if ((entry & 1) == 0) {
                return std::nullopt;
            }
            writable = writable && (entry & 2) != 0;
            executable = executable && (entry >> 63) == 0;
            const std::uint64_t bytes = std::uint64_t{1} << shift;
            if (shift == 12 || (shift <= 30 && (entry & 0x80) != 0)) {
                const std::uint64_t frame = entry & 0x000F'FFFF'FFFF'F000 & ~(bytes - 1);
                return Mapping{frame + (address & (bytes - 1)), bytes, writable, executable};
            }
            table = entry & 0x000F'FFFF'FFFF'F000;
        }
    }
    std::vector<std::uint64_t> pool_;
};

TEST_F(PageTablesTest, LargePagesInsideAndSmallOnesAtTheEdges) {
    PageTables tables = make(8);
    ASSERT_TRUE(
        tables.map(2 * kMiB - 0x1000, 6 * kMiB - 0x1000, 2 * kMiB + 0x3000, Access::kReadWrite));
    EXPECT_EQ(walk(tables, 2 * kMiB - 0x2000), std::nullopt);
    EXPECT_EQ(walk(tables, 2 * kMiB - 1), (Mapping{6 * kMiB - 1, 0x1000, true, false}));
    EXPECT_EQ(walk(tables, 2 * kMiB), (Mapping{6 * kMiB, 2 * kMiB, true, false}));
    EXPECT_EQ(walk(tables, 4 * kMiB + 0x1FFF), (Mapping{8 * kMiB + 0x1FFF, 0x1000, true, false}));
    EXPECT_EQ(walk(tables, 4 * kMiB + 0x2000), std::nullopt);
}

TEST_F(PageTablesTest, SmallPagesWhereTheAddressesAreNotCongruent) {
    PageTables tables = make(8);
    ASSERT_TRUE(tables.map(4 * kMiB, 5 * kMiB, 2 * kMiB, Access::kRead));
    EXPECT_EQ(walk(tables, 4 * kMiB), (Mapping{5 * kMiB, 0x1000, false, false}));
    EXPECT_EQ(walk(tables, 6 * kMiB - 1), (Mapping{7 * kMiB - 1, 0x1000, false, false}));
}

TEST_F(PageTablesTest, Permissions) {
    PageTables tables = make(8);
    ASSERT_TRUE(tables.map(0x1000, 0x1000, 0x1000, Access::kReadExecute));
    ASSERT_TRUE(tables.map(0x2000, 0x2000, 0x1000, Access::kRead));
    ASSERT_TRUE(tables.map(0x3000, 0x3000, 0x1000, Access::kReadWrite));
    EXPECT_EQ(walk(tables, 0x1000), (Mapping{0x1000, 0x1000, false, true}));
    EXPECT_EQ(walk(tables, 0x2000), (Mapping{0x2000, 0x1000, false, false}));
    EXPECT_EQ(walk(tables, 0x3000), (Mapping{0x3000, 0x1000, true, false}));
}

TEST_F(PageTablesTest, UpperHalf) {
    PageTables tables = make(8);
    ASSERT_TRUE(tables.map(0xFFFF'8000'0000'0000, 0, 1024 * kMiB, Access::kReadWrite));
    EXPECT_EQ(walk(tables, 0xFFFF'8000'0000'0000), (Mapping{0, 2 * kMiB, true, false}));
    EXPECT_EQ(walk(tables, 0xFFFF'8000'3FFF'FFFF),
              (Mapping{1024 * kMiB - 1, 2 * kMiB, true, false}));
    EXPECT_EQ(walk(tables, 0x0000'8000'0000'0000 - 1), std::nullopt);
    EXPECT_EQ(tables.pages_used(), 3u);
}

TEST_F(PageTablesTest, SaysWhenThePoolIsExhausted) {
    PageTables tables = make(4);
    EXPECT_TRUE(tables.map(0x1000, 0x1000, 0x1000, Access::kRead));
    EXPECT_EQ(tables.pages_used(), 4u);
    EXPECT_TRUE(tables.map(0x5000, 0x1000, 0x1000, Access::kRead));
    EXPECT_FALSE(tables.map(2 * kMiB + 0x1000, 0x1000, 0x1000, Access::kRead));
}

TEST_F(PageTablesTest, NothingToMap) {
    PageTables tables = make(1);
    EXPECT_TRUE(tables.map(0x1000, 0x1000, 0, Access::kRead));
    EXPECT_EQ(tables.pages_used(), 1u);
}

} // namespace
} // namespace hermit::boot
