#include <frames.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace hermit::mm {
namespace {

constexpr std::uint64_t kFrame = FrameManager::kFrame;

/// Physical memory from address 16 MiB on, backed by host memory.
class FramesTest : public testing::Test {
  protected:
    static constexpr std::uint64_t kBase = 16 * kMiB;
    static constexpr std::uint64_t kBytes = 8 * kMiB;

    FramesTest()
        : memory{static_cast<char*>(std::aligned_alloc(2 * kMiB, kBytes)), &std::free},
          manager{reinterpret_cast<std::uint64_t>(memory.get()) - kBase} {
        manager.add_nodes(first_nodes, sizeof(first_nodes));
        manager.add({kBase, kBase + kBytes});
    }

    std::unique_ptr<char, void (*)(void*)> memory;
    alignas(16) char first_nodes[512];
    FrameManager manager;
};

TEST_F(FramesTest, PromisedMemoryIsKeptForTheOneItWasPromisedTo) {
    manager.set_kernel_reserve(kMiB);
    EXPECT_FALSE(manager.promise(8 * kMiB));
    EXPECT_FALSE(manager.promise(UINT64_MAX - 5));
    ASSERT_TRUE(manager.promise(6 * kMiB));
    // The kernel may use its reserve, the application may not.
    EXPECT_FALSE(manager.promise(2 * kMiB));
    EXPECT_FALSE(manager.allocate_unpromised(kMiB + kMiB / 4, kFrame));
    EXPECT_TRUE(manager.allocate_for_stack(kMiB + kMiB / 4, kFrame));
    EXPECT_FALSE(manager.allocate_for_stack(kMiB / 2, kFrame));
    ASSERT_TRUE(manager.allocate(kMiB / 2, kFrame));
    EXPECT_FALSE(manager.allocate(kMiB, kFrame));
    for (std::uint64_t taken = 0; taken < 6 * kMiB; taken += kFrame) {
        ASSERT_TRUE(manager.allocate_promised(kFrame, kFrame));
    }
}

TEST_F(FramesTest, ReleasedPromisesCanBeMadeAgain) {
    ASSERT_TRUE(manager.promise(8 * kMiB));
    EXPECT_FALSE(manager.promise(kFrame));
    manager.release_promise(8 * kMiB);
    EXPECT_EQ(manager.promisable_bytes(), manager.free_bytes());
    EXPECT_TRUE(manager.promise(8 * kMiB));
}

TEST_F(FramesTest, WhatSomebodyKeepsAtHandCanBePromisedAndTaken) {
    static constexpr std::uint64_t kKept = 4 * kMiB;
    static PhysAddr kept{};
    manager.set_kernel_reserve(kMiB);
    manager.set_reclaim([](FrameManager& from) {
        if (kept == PhysAddr{}) {
            return false;
        }
        from.take_back_promised(std::exchange(kept, {}), kKept);
        return true;
    });
    // As a core does whose thread then unmaps what it has not touched.
    const auto keep = [&] {
        ASSERT_TRUE(manager.promise(kKept));
        auto taken = manager.allocate_promised(kKept, kFrame);
        ASSERT_TRUE(taken);
        kept = *taken;
        manager.release_promise(kKept);
    };
    const std::uint64_t all = manager.promisable_bytes();
    keep();
    EXPECT_EQ(manager.promisable_bytes(), all);
    ASSERT_LT(manager.free_bytes(), all);
    EXPECT_FALSE(manager.promise(all + kFrame));
    EXPECT_TRUE(manager.promise(all)) << "as much as it says";
    manager.release_promise(static_cast<std::int64_t>(all));
    auto taken = manager.allocate(all, kFrame);
    ASSERT_TRUE(taken) << "the kernel can have it, too";
    EXPECT_EQ(kept, PhysAddr{});
    EXPECT_FALSE(manager.allocate(2 * kMiB, kFrame));
    manager.free(*taken, all);
    EXPECT_EQ(manager.promisable_bytes(), all);
}

TEST_F(FramesTest, ThePeakOfUseIsRemembered) {
    manager.set_kernel_reserve(0);
    EXPECT_EQ(manager.peak_bytes(), kBytes - manager.free_bytes());
    const std::uint64_t before = manager.peak_bytes();
    auto first = manager.allocate(kMiB, kFrame);
    auto second = manager.allocate(2 * kMiB, 2 * kMiB);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(manager.peak_bytes(), before + 3 * kMiB);
    manager.free(*first, kMiB);
    manager.free(*second, 2 * kMiB);
    ASSERT_TRUE(manager.allocate(2 * kMiB, kFrame));
    EXPECT_EQ(manager.peak_bytes(), before + 3 * kMiB); // not reached again
    ASSERT_TRUE(manager.allocate(2 * kMiB, kFrame));
    EXPECT_EQ(manager.peak_bytes(), before + 4 * kMiB); // known without a call of free
}

/// Every second frame stays taken: thousands of ranges whose nodes must come from somewhere.
TEST_F(FramesTest, FreeingWorksWithMemoryExhaustedAndInPieces) {
    std::vector<PhysAddr> taken;
    while (auto frame = manager.allocate(kFrame, kFrame)) {
        taken.push_back(*frame);
    }
    EXPECT_LT(manager.free_bytes(), kFrame);
    for (std::size_t i = 0; i < taken.size(); i += 2) {
        manager.free(taken[i], kFrame);
    }
    std::size_t again = 0;
    while (manager.allocate(kFrame, kFrame)) {
        ++again;
    }
    // What is missing holds nodes: 80 bytes or so per range.
    EXPECT_GT(again, taken.size() / 2 - taken.size() / 50 - 2);
}

TEST_F(FramesTest, FreeingTwiceEndsTheSystem) {
    auto frame = manager.allocate(kFrame, kFrame);
    ASSERT_TRUE(frame);
    manager.free(*frame, kFrame);
    EXPECT_DEATH(manager.free(*frame, kFrame), "freed twice");
}

TEST_F(FramesTest, AlignedAllocationsGiveLargeFrames) {
    ASSERT_TRUE(manager.allocate(kFrame, kFrame));
    auto large = manager.allocate(2 * kMiB, 2 * kMiB);
    ASSERT_TRUE(large);
    EXPECT_TRUE(large->is_aligned(2 * kMiB));
}

unsigned preferred_node = 0;

TEST_F(FramesTest, ServesFromThePreferredNodeAndElseFromTheOthers) {
    // The second and the last quarter belong to node 1, the third to node 2.
    constexpr std::uint64_t kQuarter = kBytes / 4;
    const FrameManager::NodeRange ranges[] = {
        {{kBase + kQuarter, kBase + 2 * kQuarter}, 1},
        {{kBase + 2 * kQuarter, kBase + 3 * kQuarter}, 2},
        {{kBase + 3 * kQuarter, kBase + 4 * kQuarter}, 1},
    };
    const auto node_of = [&](PhysAddr frame) {
        for (const auto& of_node : ranges) {
            if (frame.value() >= of_node.range.start && frame.value() < of_node.range.end) {
                return of_node.node;
            }
        }
        return 0u;
    };
    const std::uint64_t before = manager.free_bytes();
    manager.set_nodes(ranges, [] { return preferred_node; });
    const std::uint64_t all = manager.free_bytes();
    EXPECT_GE(all + 4 * kFrame, before) << "more than the lists' nodes was lost";

    std::vector<PhysAddr> taken;
    for (unsigned round = 0; round < 2; ++round) {
        for (const unsigned node : {1u, 2u, 0u}) {
            preferred_node = node;
            for (unsigned i = 0; i < 40; ++i) {
                auto frame = manager.allocate(kFrame, kFrame);
                ASSERT_TRUE(frame);
                EXPECT_EQ(node_of(*frame), node);
                taken.push_back(*frame);
            }
        }
        // All that is left, from wherever it is.
        preferred_node = 2;
        for (;;) {
            auto frame = manager.allocate(kFrame, kFrame);
            if (!frame) {
                break;
            }
            taken.push_back(*frame);
        }
        EXPECT_EQ(manager.free_bytes(), 0u);
        std::ranges::shuffle(taken, std::mt19937{round});
        for (const PhysAddr frame : taken) {
            manager.free(frame, kFrame);
        }
        taken.clear();
        // What is missing holds the nodes of up to a thousand ranges.
        EXPECT_GE(manager.free_bytes() + 48 * kFrame, all);
    }
    preferred_node = 0;
}

} // namespace
} // namespace hermit::mm
