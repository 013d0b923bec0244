#include <direct_map.hpp>
#include <gather.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace hermit::boot {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kGiB = 1024 * kMiB;
constexpr std::uint32_t kUsable = 1;
constexpr std::uint32_t kReserved = 2;

class DirectMapTest : public testing::Test {
  protected:
    std::unique_ptr<BootInfo> info_ = std::make_unique<BootInfo>();
};

TEST_F(DirectMapTest, EndOfMemoryRoundedUp) {
    gather_memory(0, 0x9F000, kUsable, *info_);
    EXPECT_EQ(direct_map_bytes(*info_), 2 * kMiB);
    gather_memory(kMiB, 100 * kMiB, kUsable, *info_);
    EXPECT_EQ(direct_map_bytes(*info_), 102 * kMiB);
}

TEST_F(DirectMapTest, ReservedMemoryCountsOnlyIfItFollows) {
    gather_memory(0xFFFC0000, 0x40000, kReserved, *info_);
    gather_memory(127 * kMiB, 3 * kMiB, kReserved, *info_);
    gather_memory(0, 127 * kMiB, kUsable, *info_);
    EXPECT_EQ(direct_map_bytes(*info_), 130 * kMiB);
}

TEST_F(DirectMapTest, FourGibibytesAtMost) {
    gather_memory(0, 3 * kGiB, kUsable, *info_);
    gather_memory(4 * kGiB, 9 * kGiB, kUsable, *info_);
    EXPECT_EQ(direct_map_bytes(*info_), 3 * kGiB);
    gather_memory(3 * kGiB + kMiB, ~std::uint64_t{0}, kUsable, *info_);
    EXPECT_EQ(direct_map_bytes(*info_), 4 * kGiB);
}

TEST_F(DirectMapTest, TheRsdpIsCovered) {
    gather_memory(0, 8 * kMiB, kUsable, *info_);
    info_->rsdp = 100 * kMiB;
    EXPECT_EQ(direct_map_bytes(*info_), 102 * kMiB);
}

} // namespace
} // namespace hermit::boot
