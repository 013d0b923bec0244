#include <sched/recursive_mutex.hpp>
#include <sched/semaphore.hpp>

#include "host_wait.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hermit::sched {
namespace {

TEST(Semaphore, CountsAndTimesOut) {
    Semaphore semaphore{1};
    EXPECT_TRUE(semaphore.try_acquire());
    EXPECT_FALSE(semaphore.try_acquire());
    const std::uint64_t deadline = host_now_ns() + 5'000'000;
    EXPECT_EQ(semaphore.acquire(deadline), WakeReason::kTimedOut);
    const std::uint64_t now = host_now_ns();
    EXPECT_GE(now, deadline);
    EXPECT_LT(now, deadline + 400'000'000); // a wait of 5 ms is not half a second
    semaphore.release();
    EXPECT_EQ(semaphore.acquire(deadline), WakeReason::kWoken);
    EXPECT_EQ(semaphore.value(), 0u);
}

TEST(Semaphore, GivesWhatWasReleased) {
    constexpr unsigned kThreads = 3;
    constexpr unsigned kEach = 5000;
    Semaphore semaphore;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (unsigned n = 0; n < kEach; ++n) {
                EXPECT_EQ(semaphore.acquire(), WakeReason::kWoken);
            }
        });
    }
    for (unsigned n = 0; n < kThreads * kEach; ++n) {
        semaphore.release();
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(semaphore.value(), 0u);
}

TEST(RecursiveMutex, OwnerEntersAgainOthersDoNot) {
    RecursiveMutex mutex;
    EXPECT_TRUE(mutex.lock());
    EXPECT_TRUE(mutex.try_lock());
    std::thread{[&] {
        EXPECT_FALSE(mutex.try_lock());
        EXPECT_FALSE(mutex.lock(host_now_ns() + 1'000'000));
    }}.join();
    mutex.unlock();
    std::thread{[&] { EXPECT_FALSE(mutex.try_lock()); }}.join();
    mutex.unlock();
    std::thread{[&] {
        EXPECT_TRUE(mutex.lock());
        mutex.unlock();
    }}.join();
}

TEST(RecursiveMutex, ExcludesOthers) {
    RecursiveMutex mutex;
    unsigned counter = 0;
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            for (unsigned n = 0; n < 5000; ++n) {
                mutex.lock();
                mutex.lock();
                ++counter;
                mutex.unlock();
                mutex.unlock();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counter, 15'000u);
}

} // namespace
} // namespace hermit::sched
