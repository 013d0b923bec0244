#include <sync/spin_lock.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hermit {
namespace {

/// Both ways of waiting: taking turns, and not.
class SpinLockTest : public testing::TestWithParam<bool> {
  protected:
    void SetUp() override { cores_are_shared = GetParam(); }
    void TearDown() override { cores_are_shared = false; }
};

TEST_P(SpinLockTest, IsLockedFromLockToUnlock) {
    SpinLock lock{LockRank::kFrames};
    EXPECT_FALSE(lock.is_locked());
    for (int round = 0; round < 70'000; ++round) { // tickets wrap
        lock.lock();
        ASSERT_TRUE(lock.is_locked());
        lock.unlock();
        ASSERT_FALSE(lock.is_locked());
    }
}

TEST_P(SpinLockTest, OneHolderAtATime) {
    constexpr int kThreads = 4;
    constexpr int kRounds = 2000;
    SpinLock lock{LockRank::kFrames};
    int counter = 0; // not atomic: the lock orders the accesses
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (int round = 0; round < kRounds; ++round) {
                lock.lock();
                ++counter;
                lock.unlock();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counter, kThreads * kRounds);
}

INSTANTIATE_TEST_SUITE_P(Waiting, SpinLockTest, testing::Bool());

} // namespace
} // namespace hermit
