#include <instruction.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace hermit::profile {
namespace {

Kind kind(std::vector<std::uint8_t> bytes) { return kind_of(bytes); }

TEST(Instruction, Calls) {
    EXPECT_EQ(kind({0xE8, 1, 2, 3, 4}), Kind::kCall);
    EXPECT_EQ(kind({0xFF, 0xD0}), Kind::kCall);                         // call *%rax
    EXPECT_EQ(kind({0x41, 0xFF, 0xD4}), Kind::kCall);                   // call *%r12
    EXPECT_EQ(kind({0xFF, 0x15, 1, 2, 3, 4}), Kind::kCall);             // call *x(%rip)
    EXPECT_EQ(kind({0x64, 0xFF, 0x14, 0x25, 8, 0, 0, 0}), Kind::kCall); // call *%fs:8
    EXPECT_EQ(kind({0x3E, 0xFF, 0xD1}), Kind::kCall);                   // notrack call *%rcx
}

TEST(Instruction, Returns) {
    EXPECT_EQ(kind({0xC3}), Kind::kReturn);
    EXPECT_EQ(kind({0xF3, 0xC3}), Kind::kReturn);
    EXPECT_EQ(kind({0xC2, 8, 0}), Kind::kReturn);
    EXPECT_EQ(kind({0x48, 0xCF}), Kind::kInterruptReturn);
}

TEST(Instruction, Others) {
    EXPECT_EQ(kind({0xFF, 0xE0}), Kind::kOther); // jmp *%rax
    EXPECT_EQ(kind({0xFF, 0x30}), Kind::kOther); // push (%rax)
    EXPECT_EQ(kind({0xE9, 1, 2, 3, 4}), Kind::kOther);
    EXPECT_EQ(kind({0x0F, 0xC3, 0x07}), Kind::kOther);       // movnti: C3 is not its first byte
    EXPECT_EQ(kind({0x48, 0x89, 0xE8}), Kind::kOther);       // mov %rbp, %rax
    EXPECT_EQ(kind({0xC5, 0xF8, 0x77}), Kind::kOther);       // vzeroupper
    EXPECT_EQ(kind({0x66, 0x2E, 0x0F, 0x1F}), Kind::kOther); // nop
    EXPECT_EQ(kind({0xF3}), Kind::kOther);
    EXPECT_EQ(kind({0xFF}), Kind::kOther);
    EXPECT_EQ(kind({}), Kind::kOther);
}

} // namespace
} // namespace hermit::profile
