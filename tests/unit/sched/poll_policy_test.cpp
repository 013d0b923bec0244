#include <sched/poll_policy.hpp>

#include <gtest/gtest.h>

namespace hermit::sched {
namespace {

constexpr std::uint64_t kLongest = 100;

/// Halts that end soon until polling is worth it.
unsigned signs_asked(PollPolicy& policy) {
    unsigned signs = 0;
    for (; !policy.is_worth_it(); ++signs) {
        policy.woken(kLongest - 1, kLongest);
    }
    return signs;
}

TEST(PollPolicy, StartsToPollWhenAHaltWasShort) {
    PollPolicy policy;
    EXPECT_FALSE(policy.is_worth_it());
    policy.woken(kLongest, kLongest);
    policy.woken(~std::uint64_t{0}, kLongest);
    EXPECT_FALSE(policy.is_worth_it());
    policy.woken(kLongest - 1, kLongest);
    EXPECT_TRUE(policy.is_worth_it());
}

TEST(PollPolicy, GoesOnAsLongAsPollsFindSomething) {
    PollPolicy policy;
    signs_asked(policy);
    for (unsigned i = 0; i < 1000; ++i) {
        policy.polled(true, kLongest / 2, kLongest);
        ASSERT_TRUE(policy.is_worth_it());
    }
}

TEST(PollPolicy, AsksForTwiceAsManySignsAfterEachPollInVain) {
    PollPolicy policy;
    EXPECT_EQ(signs_asked(policy), 1u);
    for (unsigned expected = 2; expected <= PollPolicy::kMostSigns; expected *= 2) {
        policy.polled(false, kLongest, kLongest);
        EXPECT_EQ(signs_asked(policy), expected);
    }
    policy.polled(false, kLongest, kLongest);
    EXPECT_EQ(signs_asked(policy), PollPolicy::kMostSigns);
    policy.polled(true, 1, kLongest);
    policy.polled(false, kLongest, kLongest);
    EXPECT_EQ(signs_asked(policy), 2u);
}

TEST(PollPolicy, GivesWayToOthersThatNeedTheProcessor) {
    for (const bool found : {false, true}) {
        PollPolicy policy;
        signs_asked(policy);
        for (const unsigned expected : {16u, 256u, PollPolicy::kMostSigns}) {
            policy.polled(found, 2 * kLongest, kLongest);
            EXPECT_EQ(signs_asked(policy), expected);
        }
    }
}

TEST(PollPolicy, NeverPollsWhenNoTimeIsGiven) {
    PollPolicy policy;
    policy.woken(0, 0);
    EXPECT_FALSE(policy.is_worth_it());
}

} // namespace
} // namespace hermit::sched
