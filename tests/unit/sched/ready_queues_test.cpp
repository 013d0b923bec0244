#include <sched/ready_queues.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

namespace hermit::sched {
namespace {

TEST(ReadyQueues, MostImportantFirstThenInOrderOfArrival) {
    ReadyQueues ready;
    Task low;
    Task first;
    Task second;
    Task high;
    low.priority = 1;
    high.priority = 31;
    for (Task* task : {&low, &first, &high, &second}) {
        ready.push_back(*task);
    }
    EXPECT_TRUE(ready.has(31));
    EXPECT_TRUE(ready.has_more_than(30));
    EXPECT_FALSE(ready.has_more_than(31));
    EXPECT_EQ(ready.pop(), &high);
    EXPECT_FALSE(ready.has_more_than(kDefaultPriority));
    EXPECT_TRUE(ready.has_at_least(kDefaultPriority));
    EXPECT_EQ(ready.pop(), &first);
    EXPECT_EQ(ready.pop(), &second);
    EXPECT_FALSE(ready.has_at_least(kDefaultPriority));
    EXPECT_EQ(ready.pop(), &low);
    EXPECT_TRUE(ready.empty());
    EXPECT_EQ(ready.pop(), nullptr);
}

TEST(ReadyQueues, PreemptedTaskGoesInFront) {
    ReadyQueues ready;
    Task a;
    Task b;
    ready.push_back(a);
    ready.push_front(b);
    EXPECT_EQ(ready.pop(), &b);
    EXPECT_EQ(ready.pop(), &a);
}

TEST(ReadyQueues, ChangedPrioritiesCount) {
    ReadyQueues ready;
    Task a;
    Task b;
    Task c;
    for (Task* task : {&a, &b, &c}) {
        ready.push_back(*task);
    }
    b.priority = 20;
    c.priority = 2;
    ready.requeue_changed();
    EXPECT_EQ(ready.pop(), &b);
    EXPECT_EQ(ready.pop(), &a);
    EXPECT_EQ(ready.pop(), &c);
    EXPECT_TRUE(ready.empty());
}

TEST(ReadyQueues, AgreesWithSimpleQueues) {
    std::mt19937 random{3};
    ReadyQueues ready;
    std::map<unsigned, std::deque<Task*>, std::greater<>> model;
    std::vector<Task> tasks(40);
    for (int step = 0; step < 50'000; ++step) {
        Task& task = tasks[random() % tasks.size()];
        if (!task.queued) {
            const auto priority = static_cast<Priority>(1 + random() % 31);
            task.priority = priority;
            if (random() % 4 == 0) {
                ready.push_front(task);
                model[priority].push_front(&task);
            } else {
                ready.push_back(task);
                model[priority].push_back(&task);
            }
        } else if (random() % 2 == 0) {
            ready.remove(task);
            std::erase(model[task.queued_priority], &task);
        } else {
            Task* expected = nullptr;
            for (auto& [priority, queue] : model) {
                if (!queue.empty()) {
                    expected = queue.front();
                    queue.pop_front();
                    break;
                }
            }
            ASSERT_EQ(ready.pop(), expected);
        }
    }
}

} // namespace
} // namespace hermit::sched
