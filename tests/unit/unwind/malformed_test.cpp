#include <gtest/gtest.h>

#include "fake_image.hpp"

#include <unwind/unwinder.hpp>

namespace hermit::unwind::test {
namespace {

Status step_status(const FakeImage& fake) {
    FakeMemory memory{{{kStack, kFunction + 0x40}}};
    Unwinder unwinder(fake.image(), MemoryRef(memory), interrupted_at(0));
    return unwinder.step();
}

TEST(MalformedCfi, IsBuiltFromSoundParts) {
    EXPECT_EQ(step_status(FakeImage().build()), Status::kOk);
}

TEST(MalformedCfi, UnknownVersionsAndAugmentations) {
    FakeImage fake;
    fake.version = 2;
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    fake = {};
    fake.augmentation = "zRX";
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    fake = {};
    fake.augmentation = "eh";
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    fake = {};
    fake.augmentation = "zPR"; // but data for one letter only
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
}

TEST(MalformedCfi, ImpossibleRegisters) {
    FakeImage fake;
    fake.return_column = 17;
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    fake = {};
    fake.instructions = {0x0d, 17};
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    fake = {};
    fake.instructions = {0x09, 3, 17};
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
}

TEST(MalformedCfi, UnknownAndTruncatedInstructions) {
    FakeImage fake;
    for (const Bytes& instructions : {Bytes{0x17, 0}, Bytes{0x3f, 0}, Bytes{0x0c, 7},
                                      Bytes{0x04, 1}, Bytes{0x0f, 5, 0x77}, Bytes{0x16, 3, 0x7f}}) {
        fake.instructions = instructions;
        EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
    }
}

TEST(MalformedCfi, NoCfaAtAll) {
    FakeImage fake;
    fake.initial_instructions = {0x00};
    EXPECT_EQ(step_status(fake.build()), Status::kBadCfi);
}

TEST(MalformedCfi, LengthsThatLie) {
    const FakeImage sound = FakeImage().build();
    const size_t fde = 4 + sound.eh_frame[0];
    for (const size_t entry : {size_t{0}, fde}) {
        FakeImage fake = sound;
        fake.eh_frame[entry + 1] = 0x7f; // longer than the section
        EXPECT_EQ(step_status(fake), Status::kBadCfi);
        fake.eh_frame[entry + 1] = 0;
        fake.eh_frame[entry] = 2; // shorter than its fields
        EXPECT_EQ(step_status(fake), Status::kBadCfi);
        fake.eh_frame[entry] = 0; // a terminator
        EXPECT_EQ(step_status(fake), Status::kBadCfi);
    }
    FakeImage fake = sound;
    fake.eh_frame[fde + 5] = 0x7f; // the common entry lies in front of the section
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
}

TEST(MalformedCfi, SearchTablesThatLie) {
    const FakeImage sound = FakeImage().build();
    FakeImage fake = sound;
    fake.eh_frame_hdr[0] = 2; // version
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
    fake = sound;
    fake.eh_frame_hdr[8] = 2; // two entries where one is
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
    fake = sound;
    fake.eh_frame_hdr[8] = 0;
    EXPECT_EQ(step_status(fake), Status::kNoFde);
    fake = sound;
    fake.eh_frame_hdr[3] = 0x31; // entries of no fixed size
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
    fake = sound;
    fake.eh_frame_hdr[3] = 0xff;
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
    fake = sound;
    fake.eh_frame_hdr[19] = 0x7f; // the entry lies outside .eh_frame
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
    fake = sound;
    fake.eh_frame_hdr[3] = 0xbb; // indirect, to memory that is not there
    EXPECT_EQ(step_status(fake), Status::kUnreadable);
    fake = sound;
    fake.eh_frame_hdr.clear();
    EXPECT_EQ(step_status(fake), Status::kBadCfi);
}

/// Every byte takes every value, and both sections every length: the sanitizers watch.
TEST(MalformedCfi, AnyByteMayBeWrong) {
    FakeImage sound;
    sound.augmentation = "zPLR";
    sound.augmentation_data = {0x03, 0, 0, 0, 0, 0x1b, 0x1b};
    sound.instructions = {0x0a, 0x41, 0x0f, 4, 0x77, 0, 0x06, 0x96, 0x10, 3, 2, 0x38, 0x1c, 0x0b};
    sound.build();
    const auto survives = [](const FakeImage& fake) {
        FakeMemory memory{{{kStack, kFunction + 0x40}, {kStack + 8, kFunction + 1}}};
        const Status status = backtrace(
            fake.image(), memory, interrupted_at(0x40), [](const Frame&) {}, 16);
        EXPECT_NE(status, Status::kOk);
        EXPECT_LE(status, Status::kTooDeep);
    };
    for (Bytes FakeImage::*section : {&FakeImage::eh_frame, &FakeImage::eh_frame_hdr}) {
        for (size_t i = 0; i < (sound.*section).size(); ++i) {
            FakeImage fake = sound;
            for (unsigned value = 0; value < 256; ++value) {
                (fake.*section)[i] = static_cast<uint8_t>(value);
                survives(fake);
            }
            fake = sound;
            fake.*section = Bytes((sound.*section).begin(),
                                  (sound.*section).begin() + static_cast<std::ptrdiff_t>(i));
            survives(fake);
        }
    }
}

} // namespace
} // namespace hermit::unwind::test
