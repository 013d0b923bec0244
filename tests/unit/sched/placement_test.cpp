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

// A core that loses its tasks is found, however many the others have by then.
TEST(Placement, FindsTheCoreThatHasBecomeEmpty) {
    constexpr unsigned kCores = 9;
    const auto placement = std::make_unique<Placement>();
    for (unsigned core = 0; core < kCores; ++core) {
        placement->open(core);
    }
    for (unsigned task = 0; task < 5 * kCores; ++task) {
        placement->choose({});
    }
    for (unsigned task = 0; task < 3; ++task) {
        placement->remove(6);
        placement->remove(2);
    }
    placement->remove(2);
    EXPECT_EQ(placement->choose({}), 2u);
    unsigned on_2 = 0;
    unsigned on_6 = 0;
    for (unsigned task = 0; task < 6; ++task) {
        const unsigned core = placement->choose({});
        on_2 += core == 2 ? 1 : 0;
        on_6 += core == 6 ? 1 : 0;
    }
    EXPECT_EQ(on_2, 3u);
    EXPECT_EQ(on_6, 3u);
    placement->open(kCores);
    for (unsigned task = 0; task < 5; ++task) {
        EXPECT_EQ(placement->choose({}), kCores);
    }
    for (unsigned core = 0; core <= kCores; ++core) {
        EXPECT_EQ(placement->tasks(core), 5u);
    }
}

// While tasks come and go everywhere at once, the count of a core that is left alone does not fall
// out of sight: what comes last goes where the fewest are.
TEST(Placement, ComingAndGoingLosesNoCore) {
    constexpr unsigned kThreads = 4;
    constexpr unsigned kCores = 5;
    const auto placement = std::make_unique<Placement>();
    for (unsigned core = 0; core < kCores; ++core) {
        placement->open(core);
    }
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            for (unsigned n = 0; n < 20000; ++n) {
                unsigned mine[3];
                const unsigned count = 1 + (n + i) % 3;
                for (unsigned task = 0; task < count; ++task) {
                    mine[task] = placement->choose({});
                }
                for (unsigned task = 0; task < count; ++task) {
                    placement->remove(mine[task]);
                }
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (unsigned core = 0; core < kCores; ++core) {
        EXPECT_EQ(placement->tasks(core), 0u);
    }
    for (unsigned core = 0; core < kCores; ++core) {
        placement->choose({});
    }
    for (unsigned core = 0; core < kCores; ++core) {
        EXPECT_EQ(placement->tasks(core), 1u);
    }
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
