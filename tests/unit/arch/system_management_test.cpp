#include <arch/ledger.hpp>

#include <gtest/gtest.h>

namespace {

using hermit::arch::counts_system_management;

constexpr const char* kIntel = "GenuineIntel";
constexpr const char* kAmd = "AuthenticAMD";

/// Leaf 1's EAX as the processor gives it. [intel/vol2] CPUID, Figure 3-6.
constexpr std::uint32_t signature(unsigned family, unsigned model) {
    const unsigned base = family < 0xF ? family : 0xF;
    return ((family - base) << 20) | ((model >> 4) << 16) | (base << 8) | ((model & 0xF) << 4) | 5;
}

TEST(SystemManagement, IntelSinceNehalemCounts) {
    for (const unsigned model : {0x1Au, 0x25u, 0x2Au, 0x37u, 0x3Cu, 0x55u, 0x57u, 0x8Fu, 0xCFu}) {
        EXPECT_TRUE(counts_system_management(kIntel, signature(6, model), false)) << model;
    }
}

TEST(SystemManagement, OlderDesignsDoNot) {
    // Pentium M, Core 2 (Merom, Penryn, Dunnington), Atoms before Silvermont.
    for (const unsigned model : {0x0Du, 0x0Fu, 0x17u, 0x1Du, 0x1Cu, 0x26u, 0x27u, 0x35u, 0x36u}) {
        EXPECT_FALSE(counts_system_management(kIntel, signature(6, model), false)) << model;
    }
    EXPECT_FALSE(counts_system_management(kIntel, signature(0xF, 6), false)); // Pentium 4
    EXPECT_FALSE(counts_system_management(kIntel, signature(5, 9), false));
    EXPECT_FALSE(counts_system_management(kIntel, signature(0xB, 0x2A), false)); // Knights Corner
}

TEST(SystemManagement, OthersAndVirtualMachinesDoNot) {
    EXPECT_FALSE(counts_system_management(kAmd, signature(6, 0x3C), false));
    EXPECT_FALSE(counts_system_management("GenuineInte", signature(6, 0x3C), false));
    EXPECT_FALSE(counts_system_management(kIntel, signature(6, 0x3C), true));
}

} // namespace
