#include "../../../kernel/init/trampoline.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace hermit::init {
namespace {

using Bytes = std::vector<std::uint8_t>;

const Bytes kEndbr{0xf3, 0x0f, 0x1e, 0xfa};
const Bytes kShortFunction{0x41, 0xbb, 0x30, 0x1e, 0x20, 0x80}; // 0x80201e30, not sign-extended
const Bytes kLongFunction{0x49, 0xbb, 1, 2, 3, 4, 5, 6, 7, 8};
const Bytes kChain{0x49, 0xba, 0xf0, 0xfe, 0x80, 0x00, 0x01, 0x01, 0x00, 0x00};
const Bytes kJump{0x49, 0xff, 0xe3};

std::optional<Trampoline> read(std::initializer_list<Bytes> parts) {
    std::array<std::uint8_t, kTrampolineBytes> code{};
    auto end = code.begin();
    for (const Bytes& part : parts) {
        end = std::copy(part.begin(), part.end(), end);
    }
    return read_trampoline(code.data());
}

TEST(Trampoline, LoadsFunctionAndChain) {
    const auto found = read({kShortFunction, kChain, kJump});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->function, 0x80201e30u);
    EXPECT_EQ(found->static_chain, 0x1010080fef0u);
}

TEST(Trampoline, FunctionMayBeAnywhere) {
    const auto found = read({kLongFunction, kChain, kJump});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->function, 0x0807060504030201u);
    EXPECT_EQ(found->static_chain, 0x1010080fef0u);
}

TEST(Trampoline, MayBeginWithABranchTarget) {
    EXPECT_TRUE(read({kEndbr, kShortFunction, kChain, kJump}));
    EXPECT_EQ(read({kEndbr, kLongFunction, kChain, kJump})->function, 0x0807060504030201u);
}

TEST(Trampoline, AnythingElseIsNone) {
    EXPECT_FALSE(read({}));
    EXPECT_FALSE(read({kShortFunction, kChain}));
    EXPECT_FALSE(read({kShortFunction, kJump}));
    EXPECT_FALSE(read({kChain, kShortFunction, kJump}));
    EXPECT_FALSE(read({{0x90}, kShortFunction, kChain, kJump}));
}

} // namespace
} // namespace hermit::init
