#include <arch/caches.hpp>

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace hermit::arch {
namespace {

/// The leaves of the processor under test; what is missing reads as 0.
std::map<std::pair<std::uint32_t, std::uint32_t>, CpuidResult> leaves;

CpuidResult read(std::uint32_t leaf, std::uint32_t subleaf) {
    const auto found = leaves.find({leaf, subleaf});
    return found == leaves.end() ? CpuidResult{} : found->second;
}

/// A subleaf of leaf 4 or 0x8000001D.
CpuidResult described(unsigned type, unsigned level, unsigned sharing, unsigned line, unsigned ways,
                      unsigned sets) {
    return {type | level << 5 | (sharing - 1) << 14, (line - 1) | (ways - 1) << 22, sets - 1, 0};
}

class CachesOf : public testing::Test {
  protected:
    void SetUp() override {
        leaves.clear();
        leaves[{0, 0}] = {0xD, 0, 0, 0};
    }
    static void expect(const Cache& cache, CacheType type, unsigned level, std::uint64_t kib,
                       unsigned ways, unsigned line, unsigned shift) {
        EXPECT_EQ(cache.type, type);
        EXPECT_EQ(cache.level, level);
        EXPECT_EQ(cache.bytes, kib * 1024);
        EXPECT_EQ(cache.ways, ways);
        EXPECT_EQ(cache.line_bytes, line);
        EXPECT_EQ(cache.id_shift, shift);
    }
};

TEST_F(CachesOf, Leaf4) {
    leaves[{4, 0}] = described(1, 1, 2, 64, 12, 64);
    leaves[{4, 1}] = described(2, 1, 2, 64, 8, 64);
    leaves[{4, 2}] = described(3, 2, 2, 64, 10, 2048);
    leaves[{4, 3}] = described(3, 3, 64, 64, 12, 65536);
    const Caches caches = read_caches(read, {.core = 1, .package = 7});
    ASSERT_EQ(caches.count, 4u);
    expect(caches.list[0], CacheType::kData, 1, 48, 12, 64, 1);
    expect(caches.list[1], CacheType::kInstructions, 1, 32, 8, 64, 1);
    expect(caches.list[2], CacheType::kUnified, 2, 1280, 10, 64, 1);
    expect(caches.list[3], CacheType::kUnified, 3, 49152, 12, 64, 6);
}

TEST_F(CachesOf, SharedByANumberThatIsNoPowerOfTwo) {
    leaves[{4, 0}] = described(3, 3, 12, 64, 16, 16384);
    const Caches caches = read_caches(read, {});
    ASSERT_EQ(caches.count, 1u);
    EXPECT_EQ(caches.list[0].id_shift, 4u);
}

TEST_F(CachesOf, AmdsLeafOfTheSameForm) {
    leaves[{0x8000'0000, 0}] = {0x8000'001F, 0, 0, 0};
    leaves[{0x8000'0001, 0}] = {0, 0, 1 << 22, 0};
    leaves[{0x8000'001D, 0}] = described(1, 1, 2, 64, 8, 64);
    leaves[{0x8000'001D, 1}] = described(3, 3, 16, 64, 16, 32768);
    const Caches caches = read_caches(read, {});
    ASSERT_EQ(caches.count, 2u);
    expect(caches.list[0], CacheType::kData, 1, 32, 8, 64, 1);
    expect(caches.list[1], CacheType::kUnified, 3, 32768, 16, 64, 4);
}

TEST_F(CachesOf, AmdsOlderLeaves) {
    leaves[{0x8000'0000, 0}] = {0x8000'0008, 0, 0, 0};
    leaves[{0x8000'0005, 0}] = {0, 0, 64u << 24 | 2 << 16 | 64, 64u << 24 | 0xFF << 16 | 64};
    leaves[{0x8000'0006, 0}] = {0, 0, 512u << 16 | 8 << 12 | 64, 12u << 18 | 0xB << 12 | 64};
    const Caches caches = read_caches(read, {.core = 0, .package = 2});
    ASSERT_EQ(caches.count, 4u);
    expect(caches.list[0], CacheType::kData, 1, 64, 2, 64, 0);
    expect(caches.list[1], CacheType::kInstructions, 1, 64, 0xFFFF, 64, 0);
    expect(caches.list[2], CacheType::kUnified, 2, 512, 16, 64, 0);
    expect(caches.list[3], CacheType::kUnified, 3, 6144, 48, 64, 2);
}

TEST_F(CachesOf, NothingIsTold) {
    leaves[{0, 0}] = {1, 0, 0, 0};
    EXPECT_EQ(read_caches(read, {}).count, 0u);
    leaves[{0x8000'0000, 0}] = {0x8000'0006, 0, 0, 0};
    EXPECT_EQ(read_caches(read, {}).count, 0u);
}

TEST_F(CachesOf, AListWithoutEnd) {
    for (unsigned index = 0; index < 100; ++index) {
        leaves[{4, index}] = described(3, 2, 1, 64, 4, 64);
    }
    EXPECT_EQ(read_caches(read, {}).count, Caches::kMost);
}

} // namespace
} // namespace hermit::arch
