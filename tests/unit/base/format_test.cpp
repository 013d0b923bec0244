#include <base/format.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace hermit {
namespace {

template <class... Arguments>
std::string formatted(const char* format, const Arguments&... arguments) {
    TextBuffer<128> buffer;
    format_to(buffer, format, arguments...);
    return buffer.c_str();
}

TEST(Format, FillsInArguments) {
    EXPECT_EQ(formatted("{} of {}", 3, 7u), "3 of 7");
    EXPECT_EQ(formatted("{}", "text"), "text");
    EXPECT_EQ(formatted("{}{}", 'a', true), "ayes");
    EXPECT_EQ(formatted("no placeholders"), "no placeholders");
}

TEST(Format, ExtremeNumbers) {
    EXPECT_EQ(formatted("{}", std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
    EXPECT_EQ(formatted("{}", std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
    EXPECT_EQ(formatted("{:x}", std::numeric_limits<std::uint64_t>::max()), "ffffffffffffffff");
}

TEST(Format, WidthFillAndSide) {
    EXPECT_EQ(formatted("[{:>5}]", 42), "[   42]");
    EXPECT_EQ(formatted("[{:<5}]", 42), "[42   ]");
    EXPECT_EQ(formatted("[{:08x}]", 0xbeefu), "[0000beef]");
    EXPECT_EQ(formatted("{:013x}", VirtAddr{0x200000}), "0x0000000200000");
}

TEST(Format, MissingArgumentsAndBrokenPlaceholdersShow) {
    EXPECT_EQ(formatted("{} {}", 1), "1 {?}");
    EXPECT_EQ(formatted("{:q} after", 1), "{?} after");
    EXPECT_EQ(formatted("open {", 1), "open {?}");
}

TEST(Format, BufferKeepsWhatFits) {
    TextBuffer<4> buffer;
    format_to(buffer, "{}", 123456);
    EXPECT_STREQ(buffer.c_str(), "123");
}

} // namespace
} // namespace hermit
