#include <sched/placement.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace hermit::sched {
namespace {

TEST(Placement, NoCoreBeforeItIsOpen) {
    const auto placement = std::make_unique<Placement>();
    EXPECT_EQ(placement->choose({}), kMaxCores);
    placement->open(2);
    EXPECT_EQ(placement->open_cores(), 1u);
    EXPECT_EQ(placement->choose({}), 2u);
    EXPECT_EQ(placement->choose(CoreSet::first(2)), kMaxCores);
    EXPECT_EQ(placement->open_set(), CoreSet::only(2));
}

TEST(Placement, TiesTakeTurnsAndTheEmptiestCoreWins) {
    const auto placement = std::make_unique<Placement>();
    for (unsigned core = 0; core < 4; ++core) {
        placement->open(core);
    }
    placement->add(0); // the initial thread
    EXPECT_EQ(placement->choose({}), 1u);
    EXPECT_EQ(placement->choose({}), 2u);
    EXPECT_EQ(placement->choose({}), 3u);
    EXPECT_EQ(placement->choose({}), 0u);
    placement->remove(2);
    EXPECT_EQ(placement->choose({}), 2u);
    CoreSet allowed;
    allowed.add(0);
    allowed.add(3);
    EXPECT_EQ(placement->choose(allowed), 3u);
}

// All at once: nobody's core is counted twice, none visited more often than the others.
TEST(Placement, SimultaneousChoicesSpreadEvenly) {
    constexpr unsigned kThreads = 4;
    constexpr unsigned kEach = 5000;
    constexpr unsigned kCores = 7;
    const auto placement = std::make_unique<Placement>();
    for (unsigned core = 0; core < kCores; ++core) {
        placement->open(core);
    }
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            for (unsigned n = 0; n < kEach; ++n) {
                placement->choose({});
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    unsigned fewest = ~0u;
    unsigned most = 0;
    unsigned sum = 0;
    for (unsigned core = 0; core < kCores; ++core) {
        const unsigned tasks = placement->tasks(core);
        fewest = std::min(fewest, tasks);
        most = std::max(most, tasks);
        sum += tasks;
    }
    EXPECT_EQ(sum, kThreads * kEach);
    // A claim may come between another's look at a core and its claim of one with one task more.
    EXPECT_LE(most - fewest, kThreads);
}

} // namespace
} // namespace hermit::sched
