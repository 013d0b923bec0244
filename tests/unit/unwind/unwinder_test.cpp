#include <unwind/unwinder.hpp>

#include <gtest/gtest.h>

#include <vector>

#include "fake_image.hpp"

namespace hermit::unwind::test {
namespace {

/// A function that is its own caller: with the return address right on the stack.
constexpr uint64_t kReturn = kFunction + 0x40;

/// The register `r` of the caller after one step from `offset`, which must succeed.
uint64_t caller_register(const FakeImage& fake, uint64_t offset, Register r) {
    FakeMemory memory{{{kStack, kReturn}, {kStack + 8, kReturn}, {kStack + 16, 0xabcd}}};
    Unwinder unwinder(fake.image(), MemoryRef(memory), interrupted_at(offset));
    EXPECT_EQ(unwinder.step(), Status::kOk);
    return unwinder.registers()[r];
}

Status step_status(const FakeImage& fake, uint64_t offset = 0) {
    FakeMemory memory{{{kStack, kReturn}}};
    Unwinder unwinder(fake.image(), MemoryRef(memory), interrupted_at(offset));
    return unwinder.step();
}

TEST(Unwinder, WalksUntilTheReturnAddressIsZero) {
    const FakeImage fake = FakeImage().build();
    FakeMemory memory{{{kStack, kReturn}, {kStack + 8, kReturn + 1}, {kStack + 16, 0}}};
    std::vector<Frame> frames;
    const Status status = backtrace(fake.image(), memory, interrupted_at(3),
                                    [&](const Frame& frame) { frames.push_back(frame); });
    EXPECT_EQ(status, Status::kEndOfStack);
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0].pc, kFunction + 3);
    EXPECT_EQ(frames[0].instruction(), kFunction + 3);
    EXPECT_EQ(frames[1].pc, kReturn);
    EXPECT_EQ(frames[1].instruction(), kReturn - 1);
    EXPECT_EQ(frames[1].stack_pointer, kStack + 8);
    EXPECT_EQ(frames[2].pc, kReturn + 1);
}

TEST(Unwinder, EndsWhereTheReturnAddressIsUndefined) {
    FakeImage fake;
    fake.instructions = {0x07, 16};
    EXPECT_EQ(step_status(fake.build()), Status::kEndOfStack);
}

TEST(Unwinder, SaysWhyItCannotGoOn) {
    const FakeImage fake = FakeImage().build();
    FakeMemory memory;
    Unwinder wild_stack(fake.image(), MemoryRef(memory), interrupted_at(0));
    EXPECT_EQ(wild_stack.step(), Status::kUnreadable);
    Unwinder before(fake.image(), MemoryRef(memory), interrupted_at(0 - uint64_t{1}));
    EXPECT_EQ(before.step(), Status::kNoFde);
    Unwinder behind(fake.image(), MemoryRef(memory), interrupted_at(kFunctionSize));
    EXPECT_EQ(behind.step(), Status::kNoFde);
    EXPECT_EQ(behind.frame().pc, kFunction + kFunctionSize);
}

TEST(Unwinder, BoundsAStackThatLoops) {
    FakeImage fake;
    fake.instructions = {0x0c, 7, 0, 0x90, 0}; // CFA = rsp: every frame is at the same place
    FakeMemory memory{{{kStack, kReturn}}};
    size_t frames = 0;
    EXPECT_EQ(
        backtrace(
            fake.build().image(), memory, interrupted_at(0), [&](const Frame&) { ++frames; }, 10),
        Status::kTooDeep);
    EXPECT_EQ(frames, 10U);
}

TEST(Unwinder, LooksUpTheCallAndNotTheReturnAddress) {
    // The last instruction of the function is a call that does not return.
    const FakeImage fake = FakeImage().build();
    FakeMemory memory{{{kStack, kFunction + kFunctionSize}, {kStack + 8, 0}}};
    Unwinder unwinder(fake.image(), MemoryRef(memory), interrupted_at(0));
    EXPECT_EQ(unwinder.step(), Status::kOk);
    EXPECT_EQ(unwinder.step(), Status::kEndOfStack);
}

TEST(Unwinder, TakesTheCallerOfASignalFrameAsInterrupted) {
    FakeImage fake;
    fake.augmentation = "zRS";
    fake.build();
    FakeMemory memory{{{kStack, kFunction}, {kStack + 8, 0}}};
    Unwinder unwinder(fake.image(), MemoryRef(memory), interrupted_at(0));
    EXPECT_EQ(unwinder.step(), Status::kOk);
    EXPECT_FALSE(unwinder.frame().is_return_address);
    EXPECT_EQ(unwinder.step(), Status::kEndOfStack); // with pc - 1 it would find nothing
}

TEST(Unwinder, ReturnsFromACallThroughABadPointer) {
    const FakeImage fake = FakeImage().build();
    FakeMemory memory{{{kStack, kReturn}, {kStack + 8, 0}}};
    Registers registers = interrupted_at(0);
    registers[Register::rip] = 0;
    std::vector<uint64_t> pcs;
    EXPECT_EQ(
        backtrace(fake.image(), memory, registers, [&](const Frame& f) { pcs.push_back(f.pc); }),
        Status::kEndOfStack);
    EXPECT_EQ(pcs, (std::vector<uint64_t>{0, kReturn}));
}

TEST(Unwinder, BelievesNoReturnAddressOutsideTheImage) {
    const FakeImage fake = FakeImage().build();
    FakeMemory memory{{{kStack, 0x1234}}};
    Registers registers = interrupted_at(0);
    registers[Register::rip] = 0;
    EXPECT_EQ(backtrace(fake.image(), memory, registers, [](const Frame&) {}), Status::kNoFde);
}

TEST(Unwinder, StopsAtTheRowOfTheInstruction) {
    FakeImage fake;
    // advance 4, CFA offset 16; advance1 4, offset 8 again.
    fake.instructions = {0x44, 0x0e, 16, 0x02, 4, 0x0e, 8};
    fake.build();
    EXPECT_EQ(caller_register(fake, 3, Register::rsp), kStack + 8);
    EXPECT_EQ(caller_register(fake, 4, Register::rsp), kStack + 16);
    EXPECT_EQ(caller_register(fake, 7, Register::rsp), kStack + 16);
    EXPECT_EQ(caller_register(fake, 8, Register::rsp), kStack + 8);
}

TEST(Unwinder, AdvancesByEveryWidth) {
    FakeImage fake;
    fake.instructions = {0x03, 0x10, 0x00, 0x0e, 16, 0x04, 0x10, 0, 0, 0, 0x0e, 8};
    fake.build();
    EXPECT_EQ(caller_register(fake, 0x0f, Register::rsp), kStack + 8);
    EXPECT_EQ(caller_register(fake, 0x10, Register::rsp), kStack + 16);
    EXPECT_EQ(caller_register(fake, 0x20, Register::rsp), kStack + 8);
}

TEST(Unwinder, RemembersAndRestoresStates) {
    FakeImage fake;
    // remember, CFA offset 16, advance 4, restore.
    fake.instructions = {0x0a, 0x0e, 16, 0x44, 0x0b};
    fake.build();
    EXPECT_EQ(caller_register(fake, 0, Register::rsp), kStack + 16);
    EXPECT_EQ(caller_register(fake, 4, Register::rsp), kStack + 8);
    fake.instructions = {0x0b};
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    fake.instructions = Bytes(100, 0x0a);
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
}

TEST(Unwinder, FollowsEveryKindOfRegisterRule) {
    const uint64_t cfa = kStack + 16;
    const auto rbx_by = [](const Bytes& rule) {
        FakeImage fake;
        fake.instructions = {0x0e, 16, 0x90, 2}; // CFA = rsp + 16, return address at CFA - 16
        append(fake.instructions, rule);
        return caller_register(fake.build(), 0, Register::rbx);
    };
    EXPECT_EQ(rbx_by({}), 0x103U);
    EXPECT_EQ(rbx_by({0x08, 3}), 0x103U);                       // same value
    EXPECT_EQ(rbx_by({0x07, 3}), 0x103U);                       // undefined: stale
    EXPECT_EQ(rbx_by({0x83, 1}), kReturn);                      // at CFA - 8
    EXPECT_EQ(rbx_by({0x05, 3, 1}), kReturn);                   // the same, extended
    EXPECT_EQ(rbx_by({0x11, 3, 0x01}), kReturn);                // and signed
    EXPECT_EQ(rbx_by({0x11, 3, 0x00}), 0xabcdU);                // at CFA
    EXPECT_EQ(rbx_by({0x2f, 3, 0x00}), 0xabcdU);                // GNU's negative offset
    EXPECT_EQ(rbx_by({0x14, 3, 2}), cfa - 16);                  // CFA - 16 itself
    EXPECT_EQ(rbx_by({0x15, 3, 0x7f}), cfa + 8);                // signed
    EXPECT_EQ(rbx_by({0x09, 3, 12}), 0x10cU);                   // in r12
    EXPECT_EQ(rbx_by({0x10, 3, 3, 0x38, 0x1c, 0x96}), kReturn); // at CFA - 8 by expression
    EXPECT_EQ(rbx_by({0x16, 3, 2, 0x38, 0x1c}), cfa - 8);       // CFA - 8 by expression
    EXPECT_EQ(rbx_by({0x83, 1, 0xc3}), 0x103U);                 // restored to the initial rule
    EXPECT_EQ(rbx_by({0x83, 1, 0x06, 3}), 0x103U);
    EXPECT_EQ(rbx_by({0x2e, 0x80, 1}), 0x103U);    // GNU_args_size changes nothing
    EXPECT_EQ(rbx_by({0x05, 0x80, 1, 1}), 0x103U); // a register we do not follow
}

TEST(Unwinder, FindsTheCfaByEveryKindOfRule) {
    const auto rsp_by = [](const Bytes& rule) {
        FakeImage fake;
        append(fake.instructions, rule);
        append(fake.instructions, {0x16, 16, 1, 0x4f}); // return address: the literal 31
        return caller_register(fake.build(), 0, Register::rsp);
    };
    EXPECT_EQ(rsp_by({0x0c, 6, 24}), 0x106U + 24);   // rbp + 24
    EXPECT_EQ(rsp_by({0x0d, 6}), 0x106U + 8);        // rbp with the offset kept
    EXPECT_EQ(rsp_by({0x12, 6, 0x7d}), 0x106U + 24); // factored: -3 * -8
    EXPECT_EQ(rsp_by({0x13, 0x7d}), kStack + 24);
    EXPECT_EQ(rsp_by({0x0f, 3, 0x77, 16, 0x06}), 0xabcdU); // *(rsp + 16)
}

TEST(Unwinder, SetsTheLocationByAPointer) {
    FakeImage fake;
    fake.augmentation_data = {0x03}; // 4 bytes, absolute
    fake.instructions = {0x01, 0x10, 0x00, 0x03, 0x00, 0x0e, 16};
    fake.build();
    // Absolute pointers instead of the builder's relative ones.
    Bytes begin;
    append(begin, kFunction, 4);
    std::copy(begin.begin(), begin.end(), fake.eh_frame.end() - 4 - 7 - 1 - 8);
    EXPECT_EQ(caller_register(fake, 0x0f, Register::rsp), kStack + 8);
    EXPECT_EQ(caller_register(fake, 0x10, Register::rsp), kStack + 16);
}

TEST(Unwinder, UnderstandsAllOfGccsAugmentations) {
    FakeImage fake;
    fake.augmentation = "zPLR";
    fake.augmentation_data = {0x9b, 1,    2,   3,
                              4,    0x1b, 0x1b}; // indirect personality, never looked at
    EXPECT_EQ(step_status(fake.build()), Status::kOk);
    fake.version = 3;
    EXPECT_EQ(step_status(fake.build()), Status::kOk);
}

} // namespace
} // namespace hermit::unwind::test
