#include <arch/frequency.hpp>

#include <gtest/gtest.h>

namespace hermit::arch {
namespace {

TEST(Frequency, OfBrandStrings) {
    EXPECT_EQ(khz_from_brand("Intel(R) Xeon(R) CPU           L5630  @ 2.13GHz"), 2'130'000u);
    EXPECT_EQ(khz_from_brand("Intel(R) Core(TM)2 Duo CPU     T9600  @ 2.80GHz"), 2'800'000u);
    EXPECT_EQ(khz_from_brand("Genuine Intel(R) CPU 1600MHz"), 1'600'000u);
    EXPECT_EQ(khz_from_brand("Processor @ 3GHz"), 3'000'000u);
    EXPECT_EQ(khz_from_brand("A 1.0GHz part at 0.002THz"), 2'000'000u); // the last one
}

TEST(Frequency, BrandStringsWithoutOne) {
    for (const char* brand : {"", "AMD Opteron(tm) Processor 6272", "QEMU TCG CPU version 2.5+",
                              "12345678901234567890123456789012345678901234567", "3GH", "3G", "GHz",
                              "...GHz", "AMD EPYC 7763 64-Core Processor"}) {
        EXPECT_EQ(khz_from_brand(brand), 0u) << brand;
    }
    EXPECT_GT(khz_from_brand("99999999999999999999.99999999999999999999THz"), 0u); // no overflow
}

TEST(Frequency, OfCpuidLeaves) {
    EXPECT_EQ(khz_from_crystal({2, 216, 24'000'000, 0}), 2'592'000u);
    EXPECT_EQ(khz_from_crystal({2, 216, 0, 0}), 0u); // the crystal is not told
    EXPECT_EQ(khz_from_crystal({0, 216, 24'000'000, 0}), 0u);
    EXPECT_EQ(khz_from_crystal({}), 0u);
    EXPECT_EQ(khz_from_base({2600, 3500, 100, 0}), 2'600'000u);
    EXPECT_EQ(khz_from_base({}), 0u);
}

} // namespace
} // namespace hermit::arch
