// The kernel's interrupt entry, executed here instruction by instruction: from each of them, as
// from a non-maskable interrupt, the unwinder has to find what was interrupted.

#include <gtest/gtest.h>

#include <csignal>

#include "own_process.hpp"

#include <unwind/unwinder.hpp>

extern "C" {

/// What the entry expects of its dispatcher in rax and rdx: a task to leave, and one to continue.
struct Switch {
    void* from;
    void* to;
};

extern const char hermit_interrupt_stubs[];
extern const char interrupted_place[];
void step_interrupt(std::uint64_t* frame, const void* stub, std::uint64_t* stack);

void* preempted_frame = nullptr;
static bool preempts = false;

Switch hermit_interrupt_dispatch(void*);
Switch hermit_interrupt_dispatch(void*) { return {nullptr, preempts ? &preempts : nullptr}; }
void hermit_save_preempted(void* from, void* frame);
void hermit_save_preempted(void*, void* frame) { preempted_frame = frame; }

} // extern "C"

namespace hermit::unwind::test {
namespace {

constexpr unsigned kVectors = 256;
constexpr unsigned kStubBytes = 16;
constexpr unsigned kWords = 4096;
alignas(16) std::uint64_t interrupt_stack[kWords];

struct InterruptStack {
    bool read(uint64_t address, uint64_t& value) const {
        const uint64_t offset = address - reinterpret_cast<uint64_t>(interrupt_stack);
        if (offset > sizeof interrupt_stack - sizeof value || offset % sizeof value != 0) {
            return false;
        }
        value = interrupt_stack[offset / sizeof value];
        return true;
    }
};

struct Steps {
    Image image = own_image();
    uint64_t* frame = nullptr;
    Registers interrupted;
    unsigned seen = 0;
    unsigned wrong = 0;
};
Steps* steps = nullptr;

/// The entry is one function in front of the other: stubs, then what they jump to.
bool is_in_entry(uint64_t pc) {
    constexpr uint64_t kCommonBytes = 256;
    const uint64_t offset = pc - reinterpret_cast<uint64_t>(hermit_interrupt_stubs);
    return offset < kVectors * kStubBytes + kCommonBytes;
}

void on_step(int, siginfo_t*, void* context) {
    const Registers now = interrupted_registers(context);
    if (!is_in_entry(now[Register::rip])) {
        return; // in the dispatcher, or back
    }
    if (steps->seen++ == 0) {
        steps->interrupted = now;
        steps->interrupted[Register::rip] = steps->frame[0];
        steps->interrupted[Register::rsp] = steps->frame[3];
    }
    InterruptStack stack;
    Unwinder unwinder(steps->image, MemoryRef(stack), now);
    bool is_right = unwinder.step() == Status::kOk && !unwinder.frame().is_return_address;
    for (size_t i = 0; i < kRegisterCount; ++i) {
        is_right = is_right && unwinder.registers().at(i) == steps->interrupted.at(i);
    }
    if (!is_right) {
        ++steps->wrong;
        ADD_FAILURE() << "at " << std::hex
                      << now[Register::rip] - reinterpret_cast<uint64_t>(hermit_interrupt_stubs)
                      << " behind the first stub";
    }
}

bool has_error_code(unsigned vector) {
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 ||
           vector == 29 || vector == 30;
}

/// Traces one interrupt; the instructions of the entry that were executed.
unsigned instructions_of(unsigned vector) {
    Steps traced;
    uint64_t* const top = interrupt_stack + kWords;
    traced.frame = top - 5; // rip, cs, rflags, rsp, ss
    steps = &traced;
    step_interrupt(traced.frame, hermit_interrupt_stubs + vector * kStubBytes,
                   traced.frame - (has_error_code(vector) ? 1 : 0));
    steps = nullptr;
    EXPECT_EQ(traced.wrong, 0u) << "vector " << vector;
    EXPECT_EQ(traced.interrupted[Register::rip], reinterpret_cast<uint64_t>(interrupted_place));
    return traced.seen;
}

class InterruptEntry : public testing::Test {
  protected:
    InterruptEntry() {
        stack_t other{};
        other.ss_sp = signal_stack_;
        other.ss_size = sizeof signal_stack_;
        sigaltstack(&other, &previous_stack_);
        struct sigaction action = {};
        action.sa_sigaction = on_step;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGTRAP, &action, &previous_action_);
    }
    ~InterruptEntry() override {
        sigaction(SIGTRAP, &previous_action_, nullptr);
        sigaltstack(&previous_stack_, nullptr);
    }

  private:
    static inline char signal_stack_[1 << 18];
    stack_t previous_stack_{};
    struct sigaction previous_action_ = {};
};

TEST_F(InterruptEntry, EveryInstructionIsDescribed) {
    preempts = false;
    // 3 of the stub, 15 pushes, 2 before and 2 behind the call, 1 call, 15 moves, 2 to the end.
    for (unsigned vector = 0; vector < kVectors; ++vector) {
        EXPECT_EQ(instructions_of(vector), 40u) << "vector " << vector;
    }
}

TEST_F(InterruptEntry, SoIsTheWayToAnotherTask) {
    preempts = true;
    EXPECT_EQ(instructions_of(32), 40u + 6); // on the way: 4 moves, 1 call, 1 jump
    EXPECT_EQ(instructions_of(14), 40u + 6);
}

} // namespace
} // namespace hermit::unwind::test
