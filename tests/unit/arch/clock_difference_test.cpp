#include <arch/clock_difference.hpp>

#include <gtest/gtest.h>

namespace hermit::arch {
namespace {

/// A handshake in which the messages take 100 and 300 ticks and the core's counter is off.
ClockMarks handshake(std::int64_t offset) {
    const std::uint64_t start = 1'000'000;
    const auto core = [&](std::uint64_t now) { return now + static_cast<std::uint64_t>(offset); };
    return {core(start), start + 100, start + 5000, core(start + 5300)};
}

TEST(ClockDifference, EqualCountersShowNone) {
    EXPECT_EQ(handshake(0).certain_difference(), 0);
    EXPECT_EQ(handshake(0).least(), -100);
    EXPECT_EQ(handshake(0).most(), 300);
    EXPECT_EQ(handshake(0).uncertainty(), 400u);
}

TEST(ClockDifference, SmallOnesCannotBeSeen) {
    EXPECT_EQ(handshake(100).certain_difference(), 0);
    EXPECT_EQ(handshake(-300).certain_difference(), 0);
}

TEST(ClockDifference, LargeOnesAreCertainButForTheMessage) {
    EXPECT_EQ(handshake(5000).certain_difference(), 4900);
    EXPECT_EQ(handshake(-5000).certain_difference(), -4700);
    EXPECT_EQ(handshake(-900'000).certain_difference(), -899'700);
    EXPECT_EQ(handshake(-2'000'000).certain_difference(), -1'999'700); // the counter wraps
}

} // namespace
} // namespace hermit::arch
