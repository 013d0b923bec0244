#include <sched/timer_queue.hpp>

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace hermit::sched {
namespace {

TEST(TimerQueue, GivesDeadlinesInOrder) {
    TimerQueue queue;
    TimerNode nodes[5];
    EXPECT_EQ(queue.earliest_ns(), kForever);
    const std::uint64_t deadlines[] = {30, 10, 50, 20, 40};
    for (unsigned i = 0; i < 5; ++i) {
        queue.insert(nodes[i], deadlines[i]);
    }
    for (std::uint64_t expected = 10; expected <= 50; expected += 10) {
        ASSERT_EQ(queue.earliest_ns(), expected);
        queue.remove(*queue.first());
    }
    EXPECT_EQ(queue.first(), nullptr);
}

TEST(TimerQueue, RemovesAnywhereAndTakesBackIn) {
    TimerQueue queue;
    TimerNode a;
    TimerNode b;
    TimerNode c;
    queue.insert(a, 1);
    queue.insert(b, 2);
    queue.insert(c, 3);
    queue.remove(b);
    EXPECT_FALSE(b.queued);
    queue.remove(a);
    EXPECT_EQ(queue.first(), &c);
    queue.insert(a, 7);
    queue.remove(c);
    EXPECT_EQ(queue.first(), &a);
}

TEST(TimerQueue, AgreesWithASortedMap) {
    std::mt19937 random{20181};
    TimerQueue queue;
    std::multimap<std::uint64_t, TimerNode*> model;
    std::vector<TimerNode> nodes(500);
    for (int step = 0; step < 100'000; ++step) {
        TimerNode& node = nodes[random() % nodes.size()];
        if (!node.queued) {
            const std::uint64_t deadline = random() % 1000; // many equal ones
            queue.insert(node, deadline);
            model.emplace(deadline, &node);
        } else if (random() % 3 == 0) {
            auto [at, end] = model.equal_range(node.deadline_ns);
            while (at != end && at->second != &node) {
                ++at;
            }
            ASSERT_NE(at, end);
            model.erase(at);
            queue.remove(node);
        } else {
            TimerNode* const first = queue.first();
            ASSERT_EQ(first->deadline_ns, model.begin()->first);
            auto at = model.begin();
            while (at->second != first) {
                ASSERT_EQ(at->first, first->deadline_ns);
                ++at;
            }
            model.erase(at);
            queue.remove(*first);
        }
        ASSERT_EQ(queue.earliest_ns(), model.empty() ? kForever : model.begin()->first);
    }
}

} // namespace
} // namespace hermit::sched
