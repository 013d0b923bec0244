#include <gather.hpp>

#include "fake_memory.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace hermit::boot {
namespace {

TEST(PhysicalView, ContainsOnlyWhatLiesWhollyInside) {
    const PhysicalView view{nullptr, 100, 10};
    EXPECT_TRUE(view.contains(100, 10));
    EXPECT_TRUE(view.contains(110, 0));
    EXPECT_FALSE(view.contains(99, 1));
    EXPECT_FALSE(view.contains(105, 6));
    EXPECT_FALSE(view.contains(105, ~std::uint64_t{0}));
    EXPECT_FALSE(view.contains(~std::uint64_t{0}, 2));
}

TEST(PhysicalView, PartNeverReachesBeyondTheWhole) {
    FakeMemory memory;
    const std::uint64_t at = memory.put_text("0123456789");
    EXPECT_TRUE(memory.view().part(at + 4, 100).contains(at + 4, 6));
    EXPECT_FALSE(memory.view().part(at + 4, 100).contains(at + 4, 7));
    EXPECT_FALSE(memory.view().part(at + 4, 2).contains(at + 4, 3));
    EXPECT_FALSE(memory.view().part(at + 11, 2).contains(at + 11, 1));
}

class GatherTest : public testing::Test {
  protected:
    std::unique_ptr<BootInfo> info_ = std::make_unique<BootInfo>();
};

TEST_F(GatherTest, CommandLine) {
    FakeMemory memory;
    const std::uint64_t at = memory.put_text(std::string_view{"log=info -- x\0rest", 18});
    gather_command_line(memory.view(), at, *info_);
    EXPECT_STREQ(info_->command_line, "log=info -- x");
    EXPECT_EQ(info_->command_line_truncated, 0u);
}

TEST_F(GatherTest, CommandLineWithoutAnEndStopsAtTheEndOfMemory) {
    FakeMemory memory;
    const std::uint64_t at = memory.put_text("abc");
    gather_command_line(memory.view(), at, *info_);
    EXPECT_STREQ(info_->command_line, "abc");
    EXPECT_EQ(info_->command_line_truncated, 1u);
}

TEST_F(GatherTest, CommandLineOutsideMemoryIsEmpty) {
    FakeMemory memory;
    memory.put_text("abc");
    gather_command_line(memory.view(), 0xFFFF'FFFF'FFFF'FFFF, *info_);
    EXPECT_STREQ(info_->command_line, "");
    EXPECT_EQ(info_->command_line_truncated, 1u);
}

TEST_F(GatherTest, CommandLineFillsItsRoomExactly) {
    FakeMemory memory;
    std::string text(kMaxCommandLine - 1, 'x');
    const std::uint64_t fits = memory.put_text(text);
    memory.put<char>(0);
    gather_command_line(memory.view(), fits, *info_);
    EXPECT_EQ(info_->command_line, text);
    EXPECT_EQ(info_->command_line_truncated, 0u);

    const std::uint64_t too_long = memory.put_text(text + 'y');
    memory.put<char>(0);
    gather_command_line(memory.view(), too_long, *info_);
    EXPECT_EQ(info_->command_line, text);
    EXPECT_EQ(info_->command_line_truncated, 1u);
}

TEST_F(GatherTest, MemoryKinds) {
    EXPECT_TRUE(gather_memory(0x0000, 0x1000, 1, *info_));
    EXPECT_TRUE(gather_memory(0x1000, 0x1000, 2, *info_));
    EXPECT_TRUE(gather_memory(0x2000, 0x1000, 3, *info_));
    EXPECT_TRUE(gather_memory(0x3000, 0x1000, 4, *info_)); // ACPI NVS: never ours
    EXPECT_TRUE(gather_memory(0x9000, 0x1000, 99, *info_));
    ASSERT_EQ(info_->memory_range_count, 5u);
    EXPECT_EQ(info_->memory[0].kind, MemoryKind::kUsable);
    EXPECT_EQ(info_->memory[1].kind, MemoryKind::kReserved);
    EXPECT_EQ(info_->memory[2].kind, MemoryKind::kAcpiReclaimable);
    EXPECT_EQ(info_->memory[3].kind, MemoryKind::kReserved);
    EXPECT_EQ(info_->memory[4].kind, MemoryKind::kReserved);
}

TEST_F(GatherTest, NeighboursBecomeOneRange) {
    EXPECT_TRUE(gather_memory(0x1000, 0x1000, 1, *info_));
    EXPECT_TRUE(gather_memory(0x2000, 0x3000, 1, *info_));
    EXPECT_TRUE(gather_memory(0x6000, 0x1000, 1, *info_));
    ASSERT_EQ(info_->memory_range_count, 2u);
    EXPECT_EQ(info_->memory[0].start, 0x1000u);
    EXPECT_EQ(info_->memory[0].bytes, 0x4000u);
}

TEST_F(GatherTest, EmptyAndImpossibleRanges) {
    constexpr std::uint64_t kPhysicalEnd = std::uint64_t{1} << 52;
    EXPECT_TRUE(gather_memory(0x1000, 0, 1, *info_));
    EXPECT_TRUE(gather_memory(kPhysicalEnd, 0x1000, 1, *info_));
    EXPECT_TRUE(gather_memory(0xFFFF'FFFF'FFFF'0000, 0x20000, 1, *info_));
    EXPECT_EQ(info_->memory_range_count, 0u);
    EXPECT_TRUE(gather_memory(kPhysicalEnd - 0x10000, ~std::uint64_t{0}, 1, *info_));
    ASSERT_EQ(info_->memory_range_count, 1u);
    EXPECT_EQ(info_->memory[0].bytes, 0x10000u);
}

TEST_F(GatherTest, NeighboursThatFillTheAddressSpace) {
    EXPECT_TRUE(gather_memory(0, 0x1000, 1, *info_));
    EXPECT_TRUE(gather_memory(0x1000, ~std::uint64_t{0} - 0xFFF, 1, *info_));
    ASSERT_EQ(info_->memory_range_count, 1u);
    EXPECT_EQ(info_->memory[0].bytes, std::uint64_t{1} << 52);
}

TEST_F(GatherTest, SaysWhenThereAreTooManyRanges) {
    for (std::uint64_t i = 0; i < kMaxMemoryRanges; ++i) {
        EXPECT_TRUE(gather_memory(i * 0x2000, 0x1000, 1, *info_));
    }
    EXPECT_FALSE(gather_memory(kMaxMemoryRanges * 0x2000, 0x1000, 1, *info_));
    EXPECT_EQ(info_->memory_range_count, kMaxMemoryRanges);
}

TEST(WantsLog, OnlyAsAWordOfTheKernelsOptions) {
    EXPECT_TRUE(wants_log("log=info"));
    EXPECT_TRUE(wants_log("channels=x  log=debug -- a"));
    EXPECT_FALSE(wants_log(""));
    EXPECT_FALSE(wants_log("log=error"));
    EXPECT_FALSE(wants_log("log=information"));
    EXPECT_FALSE(wants_log("xlog=info"));
    EXPECT_FALSE(wants_log("-- log=info"));
    EXPECT_TRUE(wants_log("--x log=info"));
    EXPECT_FALSE(wants_log("env=A=\"b log=info\""));
    EXPECT_FALSE(wants_log("env=A=\"\\\" log=info\""));
    EXPECT_TRUE(wants_log("env=A=\"-- \\\" \" log=info"));
    EXPECT_FALSE(wants_log("env=A=\"\\"));
}

} // namespace
} // namespace hermit::boot
