#include "own_process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "call_chain.hpp"

#include <unwind/capture.hpp>
#include <unwind/unwinder.hpp>

extern "C" void simulate_interrupt(void (*handler)(void*), void* argument, void* stack_top);

namespace hermit::unwind::test {
namespace {

/// The stack of the test and, when it has one, that of the simulated interrupt.
struct Stacks {
    OwnStack own;
    const std::vector<uint64_t>* other = nullptr;

    bool read(uint64_t address, uint64_t& value) const {
        if (own.read(address, value))
            return true;
        if (other == nullptr)
            return false;
        const uint64_t index = (address - reinterpret_cast<uint64_t>(other->data())) / sizeof value;
        if (index >= other->size())
            return false;
        value = (*other)[index];
        return true;
    }
};

struct Trace {
    std::vector<uint64_t> pcs;
    std::vector<uint64_t> reference;
    Status status = Status::kOk;
    Stacks stacks;

    void record(const Registers& registers) {
        status = backtrace(own_image(), stacks, registers,
                           [&](const Frame& frame) { pcs.push_back(frame.pc); });
    }

    /// Ours must agree with the reference, except for the innermost function's own position, and
    /// leave the program through main() or into a library.
    void check(unsigned at_least) const {
        ASSERT_GT(pcs.size(), at_least);
        ASSERT_LE(pcs.size(), reference.size());
        for (size_t i = 1; i < pcs.size(); ++i)
            EXPECT_EQ(pcs[i], reference[i]) << "frame " << i;
        EXPECT_TRUE(status == Status::kNoFde || status == Status::kEndOfStack) << text(status);
    }
};

[[gnu::noinline]] void record_here(void* argument) {
    Trace& trace = *static_cast<Trace*>(argument);
    trace.reference = reference_backtrace();
    Registers registers;
    capture(registers);
    trace.record(registers);
}

TEST(OwnProcess, BacktraceAgreesWithLibgcc) {
    Trace trace;
    call_chain(record_here, &trace);
    trace.check(kChainLength + 1);
}

Trace* trace_for_handler = nullptr;

void on_trap(int, siginfo_t*, void* context) {
    trace_for_handler->record(interrupted_registers(context));
}

[[gnu::noinline]] void trap_here(void* argument) {
    static_cast<Trace*>(argument)->reference = reference_backtrace();
    asm volatile("int3");
}

TEST(OwnProcess, BacktraceFromATrapAgreesWithLibgcc) {
    Trace trace;
    trace_for_handler = &trace;
    struct sigaction action = {};
    struct sigaction previous = {};
    action.sa_sigaction = on_trap;
    action.sa_flags = SA_SIGINFO;
    ASSERT_EQ(sigaction(SIGTRAP, &action, &previous), 0);
    call_chain(trap_here, &trace);
    sigaction(SIGTRAP, &previous, nullptr);
    trace.check(kChainLength + 1);
}

[[gnu::noinline]] void interrupt_here(void* argument) {
    Trace& trace = *static_cast<Trace*>(argument);
    std::vector<uint64_t> stack(0x40000);
    trace.stacks.other = &stack;
    simulate_interrupt(record_here, argument, stack.data() + stack.size());
    trace.stacks.other = nullptr;
}

TEST(OwnProcess, WalksThroughAnInterruptEntryToTheOtherStack) {
    Trace trace;
    call_chain(interrupt_here, &trace);
    // The handler, the stub, the interrupted function, interrupt_here, and the chain.
    trace.check(kChainLength + 4);
}

TEST(OwnProcess, AWildStackPointerEndsTheBacktrace) {
    Stacks stacks;
    Registers registers;
    capture(registers);
    registers[Register::rsp] = 0xdead'beef'0000;
    registers[Register::rbp] = 0xdead'beef'0000;
    EXPECT_EQ(backtrace(own_image(), stacks, registers, [](const Frame&) {}), Status::kUnreadable);
}

TEST(OwnProcess, RecursionWithoutEndIsCut) {
    struct Recursion {
        [[gnu::noinline]] static unsigned down(unsigned depth, Status& status) {
            if (depth > 0) {
                const unsigned below = down(depth - 1, status);
                asm volatile(""); // or the compiler makes a loop of it
                return below + 1;
            }
            Registers registers;
            capture(registers);
            Stacks stacks;
            status = backtrace(
                own_image(), stacks, registers, [](const Frame&) {}, 20);
            return 0;
        }
    };
    Status status = Status::kOk;
    EXPECT_EQ(Recursion::down(100, status), 100U);
    EXPECT_EQ(status, Status::kTooDeep);
}

} // namespace
} // namespace hermit::unwind::test
