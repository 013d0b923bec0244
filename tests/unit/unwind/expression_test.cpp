#include <unwind/expression.hpp>

#include <gtest/gtest.h>

#include "fake_image.hpp"

namespace hermit::unwind::test {
namespace {

constexpr uint64_t kRefused = 0xdead'0000'dead;

/// The expression's value, or kRefused plus the status.
uint64_t value_of(const Bytes& code, std::optional<uint64_t> initial = std::nullopt) {
    FakeMemory memory{{{0x5000, 0x1122'3344'5566'7788}}};
    Registers registers;
    registers[Register::rsp] = 0x5008;
    uint64_t result = 0;
    const Status status =
        evaluate(ByteReader(Section{0, code}), registers, MemoryRef(memory), initial, result);
    return status == Status::kOk ? result : kRefused + static_cast<uint64_t>(status);
}

constexpr uint64_t kBad = kRefused + static_cast<uint64_t>(Status::kBadCfi);
constexpr uint64_t kUnreadable = kRefused + static_cast<uint64_t>(Status::kUnreadable);

TEST(Expression, PushesConstants) {
    EXPECT_EQ(value_of({0x30}), 0U);
    EXPECT_EQ(value_of({0x4f}), 31U);
    EXPECT_EQ(value_of({0x08, 0xff}), 255U);
    EXPECT_EQ(value_of({0x09, 0xff}), ~uint64_t{0});
    EXPECT_EQ(value_of({0x0a, 0xfe, 0xff}), 0xfffeU);
    EXPECT_EQ(value_of({0x0b, 0xfe, 0xff}), ~uint64_t{1});
    EXPECT_EQ(value_of({0x0c, 0, 0, 0, 0x80}), 0x8000'0000U);
    EXPECT_EQ(value_of({0x0d, 0, 0, 0, 0x80}), 0xffff'ffff'8000'0000U);
    EXPECT_EQ(value_of({0x0e, 8, 7, 6, 5, 4, 3, 2, 1}), 0x0102'0304'0506'0708U);
    EXPECT_EQ(value_of({0x03, 8, 7, 6, 5, 4, 3, 2, 1}), 0x0102'0304'0506'0708U);
    EXPECT_EQ(value_of({0x10, 0x80, 1}), 128U);
    EXPECT_EQ(value_of({0x11, 0x7e}), ~uint64_t{1});
}

TEST(Expression, ReadsRegistersAndMemory) {
    EXPECT_EQ(value_of({0x77, 0x78}), 0x5000U);                      // rsp - 8
    EXPECT_EQ(value_of({0x92, 7, 0x78}), 0x5000U);                   // the same, by number
    EXPECT_EQ(value_of({0x77, 0x78, 0x06}), 0x1122'3344'5566'7788U); // *(rsp - 8)
    EXPECT_EQ(value_of({0x77, 0x78, 0x94, 4}), 0x5566'7788U);
    EXPECT_EQ(value_of({0x77, 0, 0x06}), kUnreadable);
    EXPECT_EQ(value_of({0x77, 0x78, 0x94, 0}), kBad);
    EXPECT_EQ(value_of({0x77, 0x78, 0x94, 9}), kBad);
    EXPECT_EQ(value_of({0x92, 17, 0}), kBad);
    EXPECT_EQ(value_of({0x81, 0}), kBad); // register 17
}

TEST(Expression, MovesStackEntries) {
    EXPECT_EQ(value_of({0x33, 0x34, 0x12, 0x1e}), 16U);   // 3 4 dup *
    EXPECT_EQ(value_of({0x33, 0x34, 0x13}), 3U);          // 3 4 drop
    EXPECT_EQ(value_of({0x33, 0x34, 0x14}), 3U);          // 3 4 over
    EXPECT_EQ(value_of({0x33, 0x34, 0x35, 0x15, 2}), 3U); // 3 4 5 pick 2
    EXPECT_EQ(value_of({0x33, 0x34, 0x16, 0x1c}), 1U);    // 3 4 swap -
    EXPECT_EQ(value_of({0x33, 0x34, 0x35, 0x17}), 4U);    // 3 4 5 rot: 5 3 4
    EXPECT_EQ(value_of({0x33, 0x34, 0x35, 0x17, 0x13, 0x13}), 5U);
    EXPECT_EQ(value_of({0x12}, 9), 9U);
}

TEST(Expression, Computes) {
    EXPECT_EQ(value_of({0x3c, 0x3a, 0x1a}), 8U);
    EXPECT_EQ(value_of({0x3c, 0x3a, 0x21}), 14U);
    EXPECT_EQ(value_of({0x3c, 0x3a, 0x27}), 6U);
    EXPECT_EQ(value_of({0x3c, 0x3a, 0x22}), 22U);
    EXPECT_EQ(value_of({0x3c, 0x35, 0x1d}), 2U);
    EXPECT_EQ(value_of({0x09, 0xf4, 0x35, 0x1b}), ~uint64_t{1}); // -12 / 5 = -2
    EXPECT_EQ(value_of({0x35, 0x1f}), ~uint64_t{4});
    EXPECT_EQ(value_of({0x35, 0x1f, 0x19}), 5U);
    EXPECT_EQ(value_of({0x35, 0x20}), ~uint64_t{5});
    EXPECT_EQ(value_of({0x23, 0x80, 1}, 2), 130U);
    EXPECT_EQ(value_of({0x33, 0x32, 0x24}), 12U);
    EXPECT_EQ(value_of({0x3c, 0x32, 0x25}), 3U);
    EXPECT_EQ(value_of({0x09, 0xf4, 0x32, 0x26}), ~uint64_t{2});
    EXPECT_EQ(value_of({0x3c, 0x08, 64, 0x24}), 0U);
    EXPECT_EQ(value_of({0x09, 0xf4, 0x08, 200, 0x26}), ~uint64_t{0});
}

TEST(Expression, ComparesSigned) {
    const uint8_t minus_one_and_one[] = {0x09, 0xff, 0x31};
    const auto compare = [&](uint8_t op) {
        Bytes code(std::begin(minus_one_and_one), std::end(minus_one_and_one));
        code.push_back(op);
        return value_of(code);
    };
    EXPECT_EQ(compare(0x29), 0U); // ==
    EXPECT_EQ(compare(0x2a), 0U); // >=
    EXPECT_EQ(compare(0x2b), 0U); // >
    EXPECT_EQ(compare(0x2c), 1U); // <=
    EXPECT_EQ(compare(0x2d), 1U); // <
    EXPECT_EQ(compare(0x2e), 1U); // !=
}

TEST(Expression, DividesWithoutTrapping) {
    EXPECT_EQ(value_of({0x35, 0x30, 0x1b}), kBad);
    EXPECT_EQ(value_of({0x35, 0x30, 0x1d}), kBad);
    // The most negative number by -1.
    EXPECT_EQ(value_of({0x31, 0x08, 63, 0x24, 0x09, 0xff, 0x1b}), uint64_t{1} << 63);
}

TEST(Expression, Branches) {
    EXPECT_EQ(value_of({0x31, 0x2f, 1, 0, 0x32}), 1U);       // skip over a push
    EXPECT_EQ(value_of({0x35, 0x31, 0x28, 1, 0, 0x32}), 5U); // taken
    EXPECT_EQ(value_of({0x35, 0x30, 0x28, 1, 0, 0x32}), 2U); // not taken
    // Count down from 5 to 0: 5; loop: 1 - dup bra loop.
    EXPECT_EQ(value_of({0x35, 0x31, 0x1c, 0x12, 0x28, 0xfa, 0xff}), 0U);
}

TEST(Expression, RefusesWhatIsMalformed) {
    EXPECT_EQ(value_of({}), kBad);     // no result
    EXPECT_EQ(value_of({0x13}), kBad); // underflow
    EXPECT_EQ(value_of({0x33, 0x22}), kBad);
    EXPECT_EQ(value_of({0x33, 0x17}), kBad);
    EXPECT_EQ(value_of({0x33, 0x15, 7}), kBad);
    EXPECT_EQ(value_of(Bytes(33, 0x30)), kBad);          // overflow
    EXPECT_EQ(value_of({0x0e, 1, 2}), kBad);             // truncated operand
    EXPECT_EQ(value_of({0x31, 0x2f, 0xfc, 0xff}), kBad); // jump in front of the start
    EXPECT_EQ(value_of({0x31, 0x2f, 0x01, 0x00}), kBad); // and behind the end
    EXPECT_EQ(value_of({0x9c}), kBad);                   // DW_OP_call_frame_cfa
}

TEST(Expression, EndsAnEndlessLoop) { EXPECT_EQ(value_of({0x31, 0x2f, 0xfd, 0xff}), kBad); }

} // namespace
} // namespace hermit::unwind::test
