#include <unwind/byte_reader.hpp>

#include <gtest/gtest.h>

#include "fake_image.hpp"

namespace hermit::unwind::test {
namespace {

ByteReader reader_of(const Bytes& bytes) { return ByteReader(Section{0x1000, bytes}); }

TEST(ByteReader, ReadsLittleEndianNumbersInSequence) {
    const Bytes bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    ByteReader reader = reader_of(bytes);
    EXPECT_EQ(reader.u8(), 0x01);
    EXPECT_EQ(reader.u16(), 0x0302);
    EXPECT_EQ(reader.u32(), 0x0706'0504U);
    EXPECT_EQ(reader.address(), 0x1007U);
    EXPECT_EQ(reader.u64(), 0x0f0e'0d0c'0b0a'0908U);
    EXPECT_TRUE(reader.at_end());
    EXPECT_TRUE(reader.ok());
}

TEST(ByteReader, StaysFailedAfterTheFirstReadPastTheEnd) {
    const Bytes bytes = {1, 2, 3};
    ByteReader reader = reader_of(bytes);
    EXPECT_EQ(reader.u32(), 0U);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0U);
    EXPECT_TRUE(reader.at_end());
}

TEST(ByteReader, ReadsLeb128) {
    // The examples of [dwarf/5] tables 7.7 and 7.8.
    const Bytes unsigned_bytes = {2, 127, 0x80, 1, 0x81, 1, 57 + 0x80, 100};
    ByteReader reader = reader_of(unsigned_bytes);
    for (const uint64_t expected : {2, 127, 128, 129, 12857})
        EXPECT_EQ(reader.uleb(), expected);

    const Bytes signed_bytes = {2, 0x7e, 0xff, 0,    0x81, 0x7f, 0x80,
                                1, 0x80, 0x7f, 0x81, 1,    0xff, 0x7e};
    reader = reader_of(signed_bytes);
    for (const int64_t expected : {2, -2, 127, -127, 128, -128, 129, -129}) {
        EXPECT_EQ(reader.sleb(), expected);
    }
    EXPECT_TRUE(reader.ok() && reader.at_end());
}

TEST(ByteReader, ReadsTheWidestLeb128AndRefusesLonger) {
    Bytes bytes(9, 0xff);
    bytes.push_back(0x7f);
    EXPECT_EQ(reader_of(bytes).sleb(), -1);
    EXPECT_EQ(reader_of(bytes).uleb(), ~uint64_t{0});

    const Bytes endless(100, 0x80);
    ByteReader reader = reader_of(endless);
    EXPECT_EQ(reader.uleb(), 0U);
    EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, TakesAPartThatIsBoundedByItself) {
    const Bytes bytes = {1, 2, 3, 4};
    ByteReader reader = reader_of(bytes);
    ByteReader part = reader.take(2);
    EXPECT_EQ(part.u16(), 0x0201);
    part.u8();
    EXPECT_FALSE(part.ok());
    EXPECT_EQ(reader.address(), 0x1002U);
    EXPECT_FALSE(reader.take(~uint64_t{0}).ok());
    EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, JumpsWithinItsBytesOnly) {
    const Bytes bytes = {1, 2, 3, 4};
    ByteReader reader = reader_of(bytes);
    reader.skip(3);
    reader.jump(-2);
    EXPECT_EQ(reader.u8(), 2);
    reader.jump(2);
    EXPECT_TRUE(reader.ok() && reader.at_end());
    reader.jump(-5);
    EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, StartsAtAnAddressInsideTheSection) {
    const Bytes bytes = {1, 2, 3, 4};
    const Section section{0x1000, bytes};
    EXPECT_EQ(ByteReader::at(section, 0x1002).u8(), 3);
    EXPECT_TRUE(ByteReader::at(section, 0x1004).at_end());
    EXPECT_FALSE(ByteReader::at(section, 0x1005).ok());
    EXPECT_FALSE(ByteReader::at(section, 0xfff).ok());
}

} // namespace
} // namespace hermit::unwind::test
