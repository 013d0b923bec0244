#include <sched/ready_queues.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <vector>

namespace hermit::sched {
namespace {

Task* take_first(ReadyQueues& ready) {
    Task* const task = ready.first();
    if (task != nullptr) {
        ready.remove(*task);
    }
    return task;
}

TEST(ReadyQueues, MostImportantFirstThenInOrderOfArrival) {
    ReadyQueues ready;
    Task low;
    Task first;
    Task second;
    Task high;
    low.priority = 1;
    high.priority = 31;
    for (Task* task : {&low, &first, &high, &second}) {
        ready.add(*task);
    }
    EXPECT_TRUE(has_equal(first));
    EXPECT_FALSE(has_equal(low));
    EXPECT_EQ(take_first(ready), &high);
    EXPECT_EQ(take_first(ready), &first);
    EXPECT_FALSE(has_equal(second));
    EXPECT_EQ(take_first(ready), &second);
    EXPECT_EQ(take_first(ready), &low);
    EXPECT_EQ(take_first(ready), nullptr);
}

TEST(ReadyQueues, AddTellsOfEquals) {
    ReadyQueues ready;
    Task low;
    Task first;
    Task second;
    low.priority = 1;
    EXPECT_FALSE(ready.add(low));
    EXPECT_FALSE(ready.add(first));
    EXPECT_TRUE(ready.add(second));
}

TEST(ReadyQueues, EqualsTakeTurns) {
    ReadyQueues ready;
    Task tasks[3];
    EXPECT_EQ(ready.first(), nullptr);
    for (Task& task : tasks) {
        ready.add(task);
    }
    EXPECT_EQ(&ready.step_behind(tasks[0]), &tasks[1]);
    EXPECT_EQ(ready.first(), &tasks[1]);
    EXPECT_EQ(&ready.step_behind(tasks[1]), &tasks[2]);
    EXPECT_EQ(&ready.step_behind(tasks[2]), &tasks[0]);
    ready.remove(tasks[1]);
    ready.remove(tasks[2]);
    EXPECT_EQ(&ready.step_behind(tasks[0]), &tasks[0]);
}

TEST(ReadyQueues, NewcomersStandBehindAllWhoseTurnComesFirst) {
    ReadyQueues ready;
    Task a;
    Task b;
    Task c;
    ready.add(a);
    ready.add(b);
    ready.step_behind(a);
    ready.add(c);
    EXPECT_EQ(take_first(ready), &b);
    EXPECT_EQ(take_first(ready), &a);
    EXPECT_EQ(take_first(ready), &c);
}

TEST(ReadyQueues, AgreesWithSimpleQueues) {
    std::mt19937 random{3};
    ReadyQueues ready;
    std::map<unsigned, std::deque<Task*>, std::greater<>> model;
    std::vector<Task> tasks(40);
    std::vector<bool> queued(40);
    for (int step = 0; step < 50'000; ++step) {
        const unsigned i = random() % tasks.size();
        Task& task = tasks[i];
        if (!queued[i]) {
            const auto priority = static_cast<Priority>(1 + random() % 31);
            task.priority = priority;
            ready.add(task);
            model[priority].push_back(&task);
            queued[i] = true;
        } else if (random() % 2 == 0) {
            if (&task == model[task.queued_priority].front() && has_equal(task)) {
                ready.remove_first(task, *task.ready_next);
            } else {
                ready.remove(task);
            }
            auto queue = model.find(task.queued_priority);
            std::erase(queue->second, &task);
            if (queue->second.empty()) {
                model.erase(queue);
            }
            queued[i] = false;
        } else {
            auto& queue = model.begin()->second;
            queue.push_back(queue.front());
            queue.pop_front();
            ASSERT_EQ(&ready.step_behind(*ready.first()), queue.front());
        }
        ASSERT_EQ(ready.first(), model.empty() ? nullptr : model.begin()->second.front());
        std::size_t count = 0;
        ready.for_each([&](Task&) { ++count; });
        ASSERT_EQ(count, std::size_t(std::count(queued.begin(), queued.end(), true)));
    }
}

} // namespace
} // namespace hermit::sched
