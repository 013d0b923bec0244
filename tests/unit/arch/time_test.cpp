#include <arch/time.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace hermit::arch {
namespace {

constexpr std::uint64_t kHour = 3'600'000'000'000;

TimeBase base_of(std::uint64_t khz) {
    return {
        .start_tsc = 123'456'789, .nanoseconds_per_tick = (1'000'000ULL << 32) / khz, .khz = khz};
}

/// What now_ns() says when the counter stands there.
std::uint64_t clock_at(const TimeBase& base, std::uint64_t counter) {
    using Wide = unsigned __int128;
    return static_cast<std::uint64_t>(
        (Wide{counter - base.start_tsc} * base.nanoseconds_per_tick) >> 32);
}

TEST(TimeBase, DeadlinesAreReachedToTheTickForYears) {
    for (const std::uint64_t khz : {1'000'000, 1'999'999, 2'100'000, 3'000'000, 5'123'456}) {
        const TimeBase base = base_of(khz);
        for (std::uint64_t deadline = 1; deadline < 100'000 * kHour; deadline = deadline * 3 + 1) {
            const std::uint64_t counter = base.counter_at(deadline);
            EXPECT_GE(clock_at(base, counter), deadline) << khz;
            EXPECT_LE(clock_at(base, counter - 1), deadline) << khz;
        }
    }
}

TEST(TimeBase, DeadlinesBeyondTheCounterAreNotInThePast) {
    // As a sleep of INT64_MAX seconds gives; at a whole number of gigahertz the product would wrap
    // to just below the counter's start.
    for (const std::uint64_t khz : {1'000'000, 2'000'000, 2'600'000, 3'000'000}) {
        const TimeBase base = base_of(khz);
        for (unsigned bit = 40; bit < 64; ++bit) {
            EXPECT_GT(base.counter_at(std::uint64_t{1} << bit), base.counter_at(kHour / 4));
        }
        EXPECT_EQ(base.counter_at(UINT64_MAX - 1), UINT64_MAX);
    }
}

TEST(TimerCount, IsNeverShort) {
    for (const std::uint64_t khz : {33'333, 100'000, 1'000'000, 3'999'999}) {
        const std::uint64_t ticks_per_ns = (khz << 32) / 1'000'000;
        for (std::uint64_t distance = 0; distance < kHour / 100; distance = distance * 3 + 1) {
            const TimerCount timer = timer_count(distance, ticks_per_ns);
            const double ticks = static_cast<double>(timer.count) * (timer.divide_by_128 ? 128 : 1);
            const double exact = static_cast<double>(distance) * static_cast<double>(khz) / 1e6;
            EXPECT_GT(timer.count, 0u); // 0 would stop the timer
            EXPECT_GE(ticks, exact * (1 - 1e-7));
            EXPECT_LE(ticks, exact + (timer.divide_by_128 ? 256 : 2));
        }
    }
}

TEST(TimerCount, IsTheLongestBeyondTheRange) {
    const std::uint64_t one_per_ns = std::uint64_t{1} << 32;
    EXPECT_FALSE(timer_count(0xFFFF'FFFE, one_per_ns).divide_by_128);
    EXPECT_TRUE(timer_count(0xFFFF'FFFF, one_per_ns).divide_by_128);
    for (const std::uint64_t distance : {kHour, UINT64_MAX}) {
        EXPECT_EQ(timer_count(distance, one_per_ns).count, 0xFFFF'FFFFu);
        EXPECT_TRUE(timer_count(distance, one_per_ns).divide_by_128);
    }
}

} // namespace
} // namespace hermit::arch
