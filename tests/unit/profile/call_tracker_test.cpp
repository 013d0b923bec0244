// Processors that execute what the test says. A function's code is at 0x1000 times its number.
#include <call_tracker.hpp>

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace hermit::profile {
namespace {

enum : Function { kMain = kFirstFunction, kInner, kLeaf, kHandler, kEntryCode, kTask };

class Tracking : public testing::Test {
  protected:
    static std::uint64_t address(Function function) { return function * 0x1000; }

    /// Executes `count` instructions in the middle of `function`, or at its start.
    void run(Processor& processor, Function function, std::uint64_t count, bool at_start = false,
             std::uint64_t offset = 8) {
        Block block{};
        block.address = address(function) + (at_start ? 0 : offset);
        block.function = function;
        block.starts_function = at_start;
        block.is_interrupt_entry = function == kHandler;
        block.is_part_of_entry = function == kEntryCode;
        if (processor.function != function) { // as the plugin's condition
            tracker.on_block(processor, block);
        }
        processor.instructions += count;
    }

    void call(Processor& processor, Function caller, Function callee, std::uint64_t slot,
              std::uint64_t count) {
        tracker.on_call(processor, slot, address(caller) + 8);
        run(processor, callee, count, true);
    }

    /// A return to where `call` came from.
    void ret(Processor& processor, Function caller, std::uint64_t slot, std::uint64_t count) {
        tracker.on_return(processor, slot);
        run(processor, caller, count);
    }

    std::map<std::string, std::uint64_t> stacks() {
        for (Processor* const processor : {&one, &two}) {
            tracker.settle(*processor);
        }
        std::stringstream text;
        tracker.tree().write(text);
        std::map<std::string, std::uint64_t> found;
        std::vector<std::string> names{""};
        std::size_t parent = 0;
        Function function = 0;
        std::uint64_t count = 0;
        while (text >> parent >> function >> count) {
            static constexpr const char* kNames[] = {"?",    "out",     "main",  "inner",
                                                     "leaf", "handler", "entry", "task"};
            names.push_back(names[parent] + "/" + kNames[function]);
            if (count != 0) {
                found[names.back()] += count;
            }
        }
        return found;
    }

    using Stacks = std::map<std::string, std::uint64_t>;

    CallTracker tracker;
    Processor one{}, two{};
};

TEST_F(Tracking, CallsAndReturns) {
    run(one, kMain, 10, true);
    call(one, kMain, kInner, 0x9000, 20);
    call(one, kInner, kLeaf, 0x8FF0, 5);
    ret(one, kInner, 0x8FF0, 7);
    ret(one, kMain, 0x9000, 1);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 11}, {"/main/inner", 27}, {"/main/inner/leaf", 5}}));
}

TEST_F(Tracking, Recursion) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 10);
    call(one, kInner, kInner, 0x8FF0, 20);
    ret(one, kInner, 0x8FF0, 100);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 1}, {"/main/inner", 110}, {"/main/inner/inner", 20}}));
}

TEST_F(Tracking, DeepRecursionIsCut) {
    run(one, kMain, 1, true);
    for (unsigned depth = 0; depth < 2 * CallTree::kMaxDepth; ++depth) {
        call(one, kInner, kInner, 0x9000 - 16 * depth, 1);
    }
    call(one, kInner, kLeaf, 0x1000, 5);
    const Stacks found = stacks();
    std::uint64_t leaf = 0;
    std::uint64_t total = 0;
    for (const auto& [stack, count] : found) {
        leaf += stack.ends_with("/leaf") ? count : 0;
        total += count;
    }
    EXPECT_EQ(leaf, 5u);
    EXPECT_EQ(total, 1 + 2 * CallTree::kMaxDepth + 5);
    EXPECT_LE(found.size(), CallTree::kMaxDepth + 1);
}

TEST_F(Tracking, TailCallTakesTheCallersPlace) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    run(one, kLeaf, 3, true); // jumped to
    ret(one, kMain, 0x9000, 4);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 5}, {"/main/inner", 2}, {"/main/leaf", 3}}));
}

TEST_F(Tracking, JumpOutOfCalls) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    call(one, kInner, kLeaf, 0x8FF0, 3);
    run(one, kMain, 4); // longjmp
    call(one, kMain, kLeaf, 0x9000, 5);
    EXPECT_EQ(
        stacks(),
        (Stacks{{"/main", 5}, {"/main/inner", 2}, {"/main/inner/leaf", 3}, {"/main/leaf", 5}}));
}

TEST_F(Tracking, ReturnToALandingPad) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    call(one, kInner, kLeaf, 0x8FF0, 3);
    tracker.on_return(one, 0x8FF0); // with another address written there
    run(one, kMain, 4, false, 0x80);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 5}, {"/main/inner", 2}, {"/main/inner/leaf", 3}}));
}

TEST_F(Tracking, NewTaskBeginsAStack) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    tracker.on_return(one, 0x5000); // on a stack that the switch has changed to
    run(one, kTask, 3, true);
    call(one, kTask, kLeaf, 0x5000, 4);
    ret(one, kTask, 0x5000, 5);
    ret(one, kMain, 0x9000, 6); // switched back
    EXPECT_EQ(stacks(),
              (Stacks{{"/main", 7}, {"/main/inner", 2}, {"/task", 8}, {"/task/leaf", 4}}));
}

TEST_F(Tracking, StaleSlotIsNoReturn) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    tracker.on_return(one, 0x9000);
    run(one, kTask, 3, true); // somebody has put another address there
    EXPECT_EQ(stacks(), (Stacks{{"/main", 1}, {"/main/inner", 2}, {"/task", 3}}));
}

TEST_F(Tracking, InterruptLiesOnTopOfWhatItInterrupts) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    run(one, kHandler, 3, true);
    run(one, kEntryCode, 4, true);
    tracker.on_interrupted(one, 0x8F00);
    call(one, kEntryCode, kLeaf, 0x4000, 5);
    ret(one, kEntryCode, 0x4000, 6);
    tracker.on_interrupt_return(one, 0x8F00);
    run(one, kInner, 7);
    ret(one, kMain, 0x9000, 8);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 9},
                                {"/main/inner", 9},
                                {"/main/inner/handler", 13},
                                {"/main/inner/handler/leaf", 5}}));
}

TEST_F(Tracking, InterruptBetweenCallAndFirstInstruction) {
    run(one, kMain, 1, true);
    tracker.on_call(one, 0x9000, address(kMain) + 8);
    run(one, kHandler, 2, true);
    run(one, kEntryCode, 3, true);
    tracker.on_interrupted(one, 0x9000);
    tracker.on_interrupt_return(one, 0x9000);
    run(one, kInner, 4, true);
    ret(one, kMain, 0x9000, 5);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 6}, {"/main/handler", 5}, {"/main/inner", 4}}));
}

TEST_F(Tracking, InterruptBetweenReturnAndNextInstruction) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    tracker.on_return(one, 0x9000);
    run(one, kHandler, 3, true);
    run(one, kEntryCode, 4, true);
    tracker.on_interrupted(one, 0x9008);
    tracker.on_interrupt_return(one, 0x9008);
    run(one, kMain, 5);
    EXPECT_EQ(stacks(), (Stacks{{"/main", 6}, {"/main/inner", 2}, {"/main/handler", 7}}));
}

TEST_F(Tracking, PreemptedTaskGoesOnElsewhere) {
    run(one, kMain, 1, true);
    call(one, kMain, kInner, 0x9000, 2);
    run(one, kHandler, 3, true);
    run(one, kEntryCode, 4, true);
    tracker.on_interrupted(one, 0x8F00);
    tracker.on_return(one, 0x5000); // to a new task
    run(one, kTask, 5, true);
    run(two, kTask, 6, true); // the other processor is idle, then takes the first task over
    tracker.on_interrupt_return(two, 0x8F00);
    run(two, kInner, 7);
    ret(two, kMain, 0x9000, 8);
    EXPECT_EQ(
        stacks(),
        (Stacks{{"/main", 9}, {"/main/inner", 9}, {"/main/inner/handler", 7}, {"/task", 11}}));
}

TEST_F(Tracking, ManyThreadsLoseNothing) {
    std::vector<std::thread> threads;
    std::vector<Processor> processors(4);
    for (std::size_t i = 0; i < processors.size(); ++i) {
        threads.emplace_back([&, i] {
            Processor& own = processors[i];
            const std::uint64_t slot = 0x100000 * (i + 1);
            run(own, kMain, 1, true);
            for (int round = 0; round < 20000; ++round) {
                const Function callee = kInner + static_cast<Function>(round % 2);
                call(own, kMain, callee, slot + 8 * static_cast<std::uint64_t>(round % 700), 3);
                ret(own, kMain, slot + 8 * static_cast<std::uint64_t>(round % 700), 1);
            }
            tracker.settle(own);
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(stacks(),
              (Stacks{{"/main", 80004}, {"/main/inner", 120000}, {"/main/leaf", 120000}}));
}

} // namespace
} // namespace hermit::profile
