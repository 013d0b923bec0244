#include <sched/inbox.hpp>

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hermit::sched {
namespace {

TEST(Inbox, GivesTasksInOrderOfArrival) {
    Inbox inbox;
    EXPECT_TRUE(inbox.empty());
    EXPECT_EQ(inbox.take_all(), nullptr);
    Task tasks[3];
    for (Task& task : tasks) {
        inbox.push(task);
    }
    EXPECT_FALSE(inbox.empty());
    Task* task = inbox.take_all();
    for (Task& expected : tasks) {
        ASSERT_EQ(task, &expected);
        task = task->inbox_next;
    }
    EXPECT_EQ(task, nullptr);
    EXPECT_TRUE(inbox.empty());
}

// Every task goes back and forth between its sender and the inbox's owner; `run_ticks`, a plain
// field, tells whether the hand-over orders memory.
TEST(Inbox, LosesNothingBetweenThreads) {
    constexpr unsigned kSenders = 3;
    constexpr unsigned kRounds = 20'000;
    Inbox inbox;
    struct Sender {
        Task task;
        std::atomic<bool> home{true};
    } senders[kSenders];
    std::vector<std::thread> threads;
    for (Sender& sender : senders) {
        threads.emplace_back([&] {
            for (unsigned round = 1; round <= kRounds; ++round) {
                while (!sender.home.load(std::memory_order_acquire)) {
                    std::this_thread::yield();
                }
                sender.home.store(false, std::memory_order_relaxed);
                sender.task.run_ticks = round;
                inbox.push(sender.task);
            }
        });
    }
    std::uint64_t seen[kSenders] = {};
    for (unsigned received = 0; received < kSenders * kRounds;) {
        Task* task = inbox.take_all();
        if (task == nullptr) {
            std::this_thread::yield();
        }
        while (task != nullptr) {
            Task* const next = task->inbox_next;
            for (unsigned i = 0; i < kSenders; ++i) {
                if (task == &senders[i].task) {
                    ASSERT_EQ(task->run_ticks, ++seen[i]);
                    senders[i].home.store(true, std::memory_order_release);
                }
            }
            ++received;
            task = next;
        }
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(inbox.empty());
}

} // namespace
} // namespace hermit::sched
