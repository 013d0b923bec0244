#include <pvh.hpp>

#include "fake_memory.hpp"

#include <gtest/gtest.h>

#include <memory>

namespace hermit::boot {
namespace {

struct Range {
    std::uint64_t start, bytes;
    std::uint32_t type, reserved;
};

/// Start information with two memory ranges and a command line, as a monitor would leave it.
class PvhTest : public testing::Test {
  protected:
    PvhTest() {
        start_ = memory_.put<std::uint32_t>(0x336EC578);
        version_ = memory_.put<std::uint32_t>(1);
        memory_.put<std::uint32_t>(0);
        memory_.put<std::uint32_t>(0);
        memory_.put<std::uint64_t>(0);
        command_line_at_ = memory_.put<std::uint64_t>(0);
        memory_.put<std::uint64_t>(0xE0010);
        memmap_at_ = memory_.put<std::uint64_t>(0);
        entries_ = memory_.put<std::uint32_t>(2);
        info_end_ = memory_.put<std::uint32_t>(0) + 4;
        memory_.set(memmap_at_, memory_.put(Range{0, 0x9F000, 1, 0}));
        memory_.put(Range{0x100000, 0x7F00000, 1, 0});
        memory_.set(command_line_at_, memory_.put_text("-- a b"));
        memory_.put<char>(0);
    }
    Problem parse() { return parse_pvh(memory_.view(), start_, *info_); }

    FakeMemory memory_;
    std::uint64_t start_, version_, command_line_at_, memmap_at_, entries_, info_end_;
    std::unique_ptr<BootInfo> info_ = std::make_unique<BootInfo>();
};

TEST_F(PvhTest, Complete) {
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->protocol, Protocol::kPvh);
    EXPECT_EQ(info_->rsdp, 0xE0010u);
    EXPECT_STREQ(info_->command_line, "-- a b");
    ASSERT_EQ(info_->memory_range_count, 2u);
    EXPECT_EQ(info_->memory[1].start, 0x100000u);
    EXPECT_EQ(info_->memory[1].bytes, 0x7F00000u);
}

TEST_F(PvhTest, NoCommandLine) {
    memory_.set<std::uint64_t>(command_line_at_, 0);
    EXPECT_EQ(parse(), nullptr);
    EXPECT_STREQ(info_->command_line, "");
    EXPECT_EQ(info_->command_line_truncated, 0u);
}

TEST_F(PvhTest, AnotherMagicNumber) {
    memory_.set<std::uint32_t>(start_, 0x12345678);
    EXPECT_FALSE(is_pvh(memory_.view(), start_));
    EXPECT_NE(parse(), nullptr);
}

TEST_F(PvhTest, OldVersionOrNoMemoryMap) {
    memory_.set<std::uint32_t>(version_, 0);
    EXPECT_NE(parse(), nullptr);
    memory_.set<std::uint32_t>(version_, 1);
    memory_.set<std::uint32_t>(entries_, 0);
    EXPECT_NE(parse(), nullptr);
}

TEST_F(PvhTest, InformationCutOff) {
    memory_.cut(info_end_ - 1);
    EXPECT_TRUE(is_pvh(memory_.view(), start_));
    EXPECT_NE(parse(), nullptr);
    memory_.cut(start_ + 3);
    EXPECT_FALSE(is_pvh(memory_.view(), start_));
}

TEST_F(PvhTest, MemoryMapThatLiesAboutItsLength) {
    memory_.set<std::uint32_t>(entries_, 0xFFFFFFFF);
    EXPECT_NE(parse(), nullptr);
}

TEST_F(PvhTest, MemoryMapAtTheEndOfTheAddressSpace) {
    memory_.set<std::uint64_t>(memmap_at_, 0xFFFF'FFFF'FFFF'FFF0);
    EXPECT_NE(parse(), nullptr);
}

} // namespace
} // namespace hermit::boot
