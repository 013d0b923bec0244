#include <sched/futex.hpp>

#include "host_wait.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace hermit::sched {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;

void wait_until_blocked(const Task* task) {
    while (task->wait_state.load() != WaitState::kWaiting) {
        std::this_thread::yield();
    }
    // It waits from just before it is in the bucket; the bucket's lock is free again only after.
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
}

class Waiter {
  public:
    Waiter(const std::uint32_t* word, std::uint32_t bits = kAnyBit,
           std::uint64_t deadline_ns = kForever)
        : thread_{[=, this] {
              task_.store(&host_task());
              result_ = futex_wait(word, 0, deadline_ns, bits);
              done_ = true;
          }} {
        while (task_.load() == nullptr) {
            std::this_thread::yield();
        }
        wait_until_blocked(task_.load());
    }
    FutexResult result() {
        thread_.join();
        return result_;
    }
    bool done() const { return done_; }
    Task& task() { return *task_.load(); }

  private:
    std::atomic<Task*> task_{nullptr};
    std::atomic<bool> done_{false};
    FutexResult result_{};
    std::thread thread_;
};

TEST(Futex, ReturnsAtOnceIfTheValueDiffers) {
    const std::uint32_t word = 1;
    EXPECT_EQ(futex_wait(&word, 0), FutexResult::kValueChanged);
    EXPECT_EQ(futex_wake(&word, 1), 0u);
}

TEST(Futex, TimesOutButNotEarly) {
    const std::uint32_t word = 0;
    const std::uint64_t deadline = host_now_ns() + 20 * kMillisecond;
    EXPECT_EQ(futex_wait(&word, 0, deadline), FutexResult::kTimedOut);
    EXPECT_GE(host_now_ns(), deadline);
    EXPECT_EQ(futex_wake(&word, 1), 0u); // nobody is left behind in the bucket
}

TEST(Futex, WakesAsManyAsAskedFor) {
    const std::uint32_t word = 0;
    Waiter a{&word};
    Waiter b{&word};
    Waiter c{&word};
    EXPECT_EQ(futex_wake(&word, 1), 1u);
    EXPECT_EQ(a.result(), FutexResult::kWoken); // first come, first served
    EXPECT_FALSE(b.done() || c.done());
    EXPECT_EQ(futex_wake(&word, 10), 2u);
    EXPECT_EQ(b.result(), FutexResult::kWoken);
    EXPECT_EQ(c.result(), FutexResult::kWoken);
}

TEST(Futex, WakesByBits) {
    const std::uint32_t word = 0;
    Waiter a{&word, 1};
    Waiter b{&word, 2};
    EXPECT_EQ(futex_wake(&word, 10, 4), 0u);
    EXPECT_EQ(futex_wake(&word, 10, 2), 1u);
    EXPECT_EQ(b.result(), FutexResult::kWoken);
    EXPECT_EQ(futex_wake(&word, 10), 1u);
    EXPECT_EQ(a.result(), FutexResult::kWoken);
}

TEST(Futex, InterruptedWaitLeavesNothingBehind) {
    const std::uint32_t word = 0;
    Waiter a{&word};
    ASSERT_TRUE(claim(a.task(), WakeReason::kInterrupted));
    EXPECT_EQ(futex_wake(&word, 1), 0u); // claimed already
    make_ready(a.task());
    EXPECT_EQ(a.result(), FutexResult::kInterrupted);
    EXPECT_EQ(futex_wake(&word, 1), 0u);
}

TEST(Futex, RequeueMovesWaitersToTheTarget) {
    const std::uint32_t word = 0;
    const std::uint32_t target = 0;
    Waiter a{&word};
    Waiter b{&word};
    Waiter c{&word, kAnyBit, host_now_ns() + 200 * kMillisecond};
    EXPECT_EQ(futex_requeue(&word, 1, 1, &target, 10), -1);
    EXPECT_EQ(futex_requeue(&word, 0, 1, &target, 10), 3);
    EXPECT_EQ(a.result(), FutexResult::kWoken);
    EXPECT_FALSE(b.done());
    EXPECT_EQ(futex_wake(&word, 10), 0u);
    EXPECT_EQ(futex_wake(&target, 1), 1u);
    EXPECT_EQ(b.result(), FutexResult::kWoken);
    EXPECT_EQ(c.result(), FutexResult::kTimedOut); // finds itself in its new bucket
    EXPECT_EQ(futex_wake(&target, 1), 0u);
}

TEST(Futex, RequeueToItselfEnds) {
    const std::uint32_t word = 0;
    Waiter a{&word};
    Waiter b{&word};
    EXPECT_EQ(futex_requeue(&word, 0, 0, &word, 10), 2);
    EXPECT_EQ(futex_wake(&word, 10), 2u);
    EXPECT_EQ(a.result(), FutexResult::kWoken);
    EXPECT_EQ(b.result(), FutexResult::kWoken);
}

// Two threads take turns; a lost wake-up would hang the test.
TEST(Futex, PingPongLosesNoWakeUp) {
    constexpr std::uint32_t kRounds = 20'000;
    std::atomic<std::uint32_t> turn{0};
    const auto play = [&](std::uint32_t own) {
        const auto* const word = reinterpret_cast<const std::uint32_t*>(&turn);
        for (std::uint32_t round = 0; round < kRounds; ++round) {
            for (std::uint32_t seen; ((seen = turn.load()) & 1) != own;) {
                futex_wait(word, seen);
            }
            turn.fetch_add(1);
            futex_wake(word, 1);
        }
    };
    std::thread other{play, 1};
    play(0);
    other.join();
    EXPECT_EQ(turn.load(), 2 * kRounds);
}

// Time-outs so short that they race with the wake-ups: each wake-up that counted has a waiter that
// was woken, and the other way round.
TEST(Futex, TimeOutAndWakeUpNeverBothWin) {
    std::atomic<std::uint32_t> word{0};
    const auto* const plain = reinterpret_cast<const std::uint32_t*>(&word);
    std::atomic<unsigned> woken{0};
    std::atomic<bool> stop{false};
    std::vector<std::thread> waiters;
    for (unsigned i = 0; i < 2; ++i) {
        waiters.emplace_back([&] {
            for (unsigned n = 0; n < 3000; ++n) {
                if (futex_wait(plain, 0, host_now_ns() + n % 50 * 1000) == FutexResult::kWoken) {
                    woken.fetch_add(1);
                }
            }
        });
    }
    unsigned counted = 0;
    std::thread waker{[&] {
        while (!stop.load()) {
            counted += futex_wake(plain, 1);
        }
    }};
    for (std::thread& thread : waiters) {
        thread.join();
    }
    stop = true;
    waker.join();
    EXPECT_EQ(woken.load(), counted);
}

} // namespace
} // namespace hermit::sched
