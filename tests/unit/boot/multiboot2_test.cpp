#include <multiboot2.hpp>

#include "fake_memory.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace hermit::boot {
namespace {

struct Entry {
    std::uint64_t start, bytes;
    std::uint32_t type, reserved;
};

constexpr std::uint64_t kInfoPhysical = 0x212000;

/// Boot information that a test fills tag by tag.
class Multiboot2Test : public testing::Test {
  protected:
    Multiboot2Test() {
        start_ = memory_.put<std::uint32_t>(0);
        memory_.put<std::uint32_t>(0);
    }
    /// Starts a tag that claims `payload` bytes after its header; returns where its size stands.
    std::uint64_t tag(std::uint32_t type, std::uint32_t payload) {
        memory_.align(8);
        memory_.put(type);
        return memory_.put<std::uint32_t>(8 + payload);
    }
    std::uint64_t put_memory_map(std::uint32_t entry_bytes = 24) {
        const std::uint64_t size = tag(6, 8 + 2 * entry_bytes);
        memory_.put(entry_bytes);
        memory_.put<std::uint32_t>(0);
        for (const Entry& entry : {Entry{0, 0x9F000, 1, 0}, Entry{0x100000, 0x7F00000, 1, 0}}) {
            memory_.put(entry);
            memory_.put_text(std::string(entry_bytes - sizeof(Entry), 'z'));
        }
        return size;
    }
    void put_text_tag(std::uint32_t type, const std::string& text) {
        tag(type, static_cast<std::uint32_t>(text.size()));
        memory_.put_text(text);
    }
    /// Ends the information and parses it.
    Problem parse() {
        tag(0, 0);
        memory_.set(start_, static_cast<std::uint32_t>(memory_.end() - start_));
        return parse_as_it_is();
    }
    Problem parse_as_it_is() {
        return parse_multiboot2(memory_.view(), start_, kInfoPhysical, *info_);
    }

    FakeMemory memory_;
    std::uint64_t start_;
    std::unique_ptr<BootInfo> info_ = std::make_unique<BootInfo>();
};

TEST_F(Multiboot2Test, Complete) {
    put_text_tag(1, std::string("-- a b", 7));
    put_text_tag(2, std::string("GRUB", 5)); // not for us
    put_memory_map();
    put_text_tag(14, std::string("RSD PTR ") + std::string(12, '1'));
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->protocol, Protocol::kMultiboot2);
    EXPECT_STREQ(info_->command_line, "-- a b");
    ASSERT_EQ(info_->memory_range_count, 2u);
    EXPECT_EQ(info_->memory[1].bytes, 0x7F00000u);
    EXPECT_EQ(info_->rsdp, kInfoPhysical + offsetof(BootInfo, rsdp_copy));
    EXPECT_EQ(std::memcmp(info_->rsdp_copy, "RSD PTR 1", 9), 0);
    EXPECT_EQ(info_->screen.address, 0u);
}

TEST_F(Multiboot2Test, NewRsdpWinsInAnyOrder) {
    put_memory_map();
    put_text_tag(15, std::string("RSD PTR ") + std::string(28, '2'));
    put_text_tag(14, std::string("RSD PTR ") + std::string(12, '1'));
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->rsdp_copy[8], '2');
}

TEST_F(Multiboot2Test, RsdpThatIsTooLongIsLeftOut) {
    put_memory_map();
    put_text_tag(15, std::string(sizeof(BootInfo::rsdp_copy) + 1, '2'));
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->rsdp, 0u);
}

TEST_F(Multiboot2Test, LongerMemoryMapEntriesOfALaterVersion) {
    put_memory_map(40);
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->memory_range_count, 2u);
}

TEST_F(Multiboot2Test, MemoryMapEntriesThatAreTooShort) {
    const std::uint64_t size = put_memory_map();
    memory_.set<std::uint32_t>(size + 4, 0);
    EXPECT_NE(parse(), nullptr);
    memory_.set<std::uint32_t>(size + 4, 23);
    EXPECT_NE(parse_as_it_is(), nullptr);
}

TEST_F(Multiboot2Test, MemoryMapTagTooShortForItsHeader) {
    tag(6, 4);
    memory_.put<std::uint32_t>(24);
    EXPECT_NE(parse(), nullptr);
}

TEST_F(Multiboot2Test, PartOfAnEntryAtTheEndIsIgnored) {
    const std::uint64_t size = put_memory_map();
    memory_.set<std::uint32_t>(size, 16 + 24 + 23);
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->memory_range_count, 1u);
}

TEST_F(Multiboot2Test, CommandLineWithoutAnEndStopsAtItsTag) {
    put_text_tag(1, "abcdefgh");
    put_memory_map();
    EXPECT_EQ(parse(), nullptr);
    EXPECT_STREQ(info_->command_line, "abcdefgh");
    EXPECT_EQ(info_->command_line_truncated, 1u);
}

TEST_F(Multiboot2Test, Screen) {
    put_memory_map();
    const std::uint64_t size = tag(8, 30);
    memory_.put<std::uint64_t>(0xFD000000);
    memory_.put<std::uint32_t>(4096);
    memory_.put<std::uint32_t>(1024);
    memory_.put<std::uint32_t>(768);
    memory_.put<std::uint8_t>(32);
    const std::uint64_t type = memory_.put<std::uint8_t>(1);
    memory_.put<std::uint16_t>(0);
    memory_.put_text("\x10\x08\x09\x07\x01\x06");
    EXPECT_EQ(parse(), nullptr);
    EXPECT_EQ(info_->screen.kind, ScreenKind::kDirectColour);
    EXPECT_EQ(info_->screen.address, 0xFD000000u);
    EXPECT_EQ(info_->screen.width, 1024u);
    EXPECT_EQ(info_->screen.height, 768u);
    EXPECT_EQ(info_->screen.pitch, 4096u);
    EXPECT_EQ(info_->screen.bits_per_pixel, 32u);
    EXPECT_EQ(info_->screen.red.position, 16u);
    EXPECT_EQ(info_->screen.red.bits, 8u);
    EXPECT_EQ(info_->screen.green.position, 9u);
    EXPECT_EQ(info_->screen.green.bits, 7u);
    EXPECT_EQ(info_->screen.blue.position, 1u);
    EXPECT_EQ(info_->screen.blue.bits, 6u);

    *info_ = {};
    memory_.set<std::uint32_t>(size, 8 + 29); // the colours are not all there
    EXPECT_EQ(parse_as_it_is(), nullptr);
    EXPECT_EQ(info_->screen.kind, ScreenKind::kOther);

    *info_ = {};
    memory_.set<std::uint8_t>(type, 2); // EGA text mode
    EXPECT_EQ(parse_as_it_is(), nullptr);
    EXPECT_EQ(info_->screen.kind, ScreenKind::kText);
    EXPECT_EQ(info_->screen.address, 0xFD000000u);

    *info_ = {};
    memory_.set<std::uint8_t>(type, 0); // indexed colours
    EXPECT_EQ(parse_as_it_is(), nullptr);
    EXPECT_EQ(info_->screen.kind, ScreenKind::kOther);
}

TEST_F(Multiboot2Test, NoMemoryMap) { EXPECT_NE(parse(), nullptr); }

TEST_F(Multiboot2Test, TagsThatLieAboutTheirLength) {
    const std::uint64_t size = tag(2, 8);
    memory_.put<std::uint64_t>(0);
    put_memory_map();
    EXPECT_EQ(parse(), nullptr);
    for (const std::uint32_t wrong : {0u, 7u, 0x1000u, 0xFFFFFFF8u, 0xFFFFFFFFu}) {
        memory_.set(size, wrong);
        EXPECT_NE(parse_as_it_is(), nullptr) << wrong;
    }
}

TEST_F(Multiboot2Test, InformationThatLiesAboutItsLength) {
    put_memory_map();
    EXPECT_EQ(parse(), nullptr);
    memory_.set<std::uint32_t>(start_, 0xFFFFFFFF);
    EXPECT_NE(parse_as_it_is(), nullptr);
    for (const std::uint32_t wrong : {0u, 4u, 8u, 15u}) {
        memory_.set(start_, wrong);
        EXPECT_NE(parse_as_it_is(), nullptr) << wrong;
    }
}

TEST_F(Multiboot2Test, NoEndTag) {
    put_memory_map();
    memory_.set(start_, static_cast<std::uint32_t>(memory_.end() - start_));
    EXPECT_NE(parse_as_it_is(), nullptr);
}

} // namespace
} // namespace hermit::boot
