#include <arch/time.hpp>

#include <gtest/gtest.h>

#include <cstdint>

namespace hermit::arch {
namespace {

constexpr std::uint64_t kHour = 3'600'000'000'000;

TimeBase base_of(std::uint64_t khz) {
    return {.start_tsc = 123'456'789,
            .nanoseconds_per_tick = (1'000'000ULL << 32) / khz,
            .ticks_per_nanosecond = (khz << 32) / 1'000'000,
            .khz = khz};
}

TEST(TimeBase, NoDeadlineIsReachedEarly) {
    for (const std::uint64_t khz : {1'000'000, 1'999'999, 2'600'000, 3'000'000, 5'123'456}) {
        const TimeBase base = base_of(khz);
        for (std::uint64_t deadline = 1; deadline < kHour; deadline = deadline * 3 + 1) {
            const std::uint64_t ticks = base.counter_at(deadline) - base.start_tsc;
            const double exact = static_cast<double>(deadline) * static_cast<double>(khz) / 1e6;
            EXPECT_GE(static_cast<double>(ticks) + 1, exact * (1 - 1e-9));
            EXPECT_LE(static_cast<double>(ticks), exact + 3);
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

} // namespace
} // namespace hermit::arch
