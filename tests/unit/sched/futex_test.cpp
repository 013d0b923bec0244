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
    while (task->wait_state.load() != kWaiting) {
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

TEST(Futex, WakesOneWaiterTheShortWay) {
    const std::uint32_t word = 0;
    Waiter a{&word};
    Waiter b{&word};
    futex_wake_waiter(&word);
    EXPECT_EQ(a.result(), FutexResult::kWoken); // first come, first served
    EXPECT_FALSE(b.done());
    futex_wake_waiter(&word);
    EXPECT_EQ(b.result(), FutexResult::kWoken);
    futex_wake_waiter(&word); // nobody is there: no harm
}

TEST(Futex, BitsOfATimedWaitEndWithIt) {
    const std::uint32_t word = 0;
    std::thread{[&] {
        EXPECT_EQ(futex_wait(&word, 0, host_now_ns() + kMillisecond, 4), FutexResult::kTimedOut);
        EXPECT_EQ(host_task().futex_waiter.bits, kAnyBit);
        EXPECT_EQ(host_task().futex_waiter.bucket, nullptr);
    }}.join();
}

/// Waits on three words at once.
class WaiterForAny {
  public:
    explicit WaiterForAny(std::uint64_t deadline_ns = kForever)
        : thread_{[=, this] {
              task_.store(&host_task());
              const FutexCondition conditions[] = {
                  {&words_[0], 0}, {&words_[1], 0}, {&words_[2], 0}};
              result_ = futex_wait_any(conditions, 3, which_, deadline_ns);
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
    const std::uint32_t* word(unsigned i) const { return &words_[i]; }
    unsigned which() const { return which_; }
    Task& task() { return *task_.load(); }
    /// Whether somebody is left behind with any of the words.
    bool forgotten() const {
        return futex_wake(&words_[0], 1) + futex_wake(&words_[1], 1) + futex_wake(&words_[2], 1) ==
               0;
    }

  private:
    std::uint32_t words_[3] = {};
    std::atomic<Task*> task_{nullptr};
    FutexResult result_{};
    unsigned which_ = 99;
    std::thread thread_;
};

TEST(Futex, WaitsOnSeveralWordsAtOnce) {
    for (unsigned i = 0; i < 3; ++i) {
        WaiterForAny waiter;
        EXPECT_EQ(futex_wake(waiter.word(i), 5), 1u);
        EXPECT_EQ(waiter.result(), FutexResult::kWoken);
        EXPECT_EQ(waiter.which(), i);
        EXPECT_TRUE(waiter.forgotten());
    }
}

TEST(Futex, WaitOnSeveralTimesOutOrIsInterrupted) {
    WaiterForAny late{host_now_ns() + 20 * kMillisecond};
    EXPECT_EQ(late.result(), FutexResult::kTimedOut);
    EXPECT_TRUE(late.forgotten());
    WaiterForAny waiter;
    ASSERT_TRUE(claim(waiter.task(), WakeReason::kInterrupted));
    make_ready(waiter.task());
    EXPECT_EQ(waiter.result(), FutexResult::kInterrupted);
    EXPECT_TRUE(waiter.forgotten());
}

TEST(Futex, WaitOnSeveralSaysWhichHasChanged) {
    const std::uint32_t same = 0;
    const std::uint32_t other = 1;
    const FutexCondition conditions[] = {{&same, 0}, {&other, 0}, {&same, 0}};
    unsigned which = 99;
    EXPECT_EQ(futex_wait_any(conditions, 3, which), FutexResult::kValueChanged);
    EXPECT_EQ(which, 1u);
    EXPECT_EQ(futex_wake(&same, 1), 0u);
}

TEST(Futex, RequeueMovesAWaiterOfSeveral) {
    WaiterForAny waiter;
    const std::uint32_t target = 0;
    EXPECT_EQ(futex_requeue(waiter.word(1), 0, 0, &target, 10), 1);
    EXPECT_EQ(futex_wake(waiter.word(1), 1), 0u);
    EXPECT_EQ(futex_wake(&target, 1), 1u);
    EXPECT_EQ(waiter.result(), FutexResult::kWoken);
    EXPECT_EQ(waiter.which(), 1u);
    EXPECT_TRUE(waiter.forgotten());
}

// Wakers of two words race for a thread that waits on both, whose words change meanwhile: it uses
// up one wake-up at a time, and none is lost.
TEST(Futex, WaitOnSeveralUsesUpOneWakeUp) {
    constexpr std::uint32_t kRounds = 2000;
    std::atomic<std::uint32_t> asked[2] = {0, 0};
    std::atomic<std::uint32_t> served[2] = {0, 0};
    const auto plain = [](std::atomic<std::uint32_t>& word) {
        return reinterpret_cast<std::uint32_t*>(&word);
    };
    std::thread server{[&] {
        std::uint32_t seen[2] = {0, 0};
        while (seen[0] < kRounds || seen[1] < kRounds) {
            const FutexCondition conditions[] = {{plain(asked[0]), seen[0]},
                                                 {plain(asked[1]), seen[1]}};
            unsigned which = 0;
            futex_wait_any(conditions, 2, which);
            for (unsigned i = 0; i < 2; ++i) {
                seen[i] = asked[i].load();
                served[i].store(seen[i]);
                futex_wake(plain(served[i]), 1);
            }
        }
    }};
    std::vector<std::thread> clients;
    for (unsigned i = 0; i < 2; ++i) {
        clients.emplace_back([&, i] {
            for (std::uint32_t round = 1; round <= kRounds; ++round) {
                asked[i].store(round);
                futex_wake(plain(asked[i]), 1);
                while (served[i].load() < round) {
                    futex_wait(plain(served[i]), round - 1);
                }
            }
        });
    }
    for (std::thread& client : clients) {
        client.join();
    }
    server.join();
    EXPECT_EQ(futex_wake(plain(asked[0]), 1) + futex_wake(plain(asked[1]), 1), 0u);
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
