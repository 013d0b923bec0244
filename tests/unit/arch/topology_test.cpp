#include <arch/topology.hpp>

#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace hermit::arch {
namespace {

/// The leaves of the processor under test; what is missing reads as 0.
std::map<std::pair<std::uint32_t, std::uint32_t>, CpuidResult> leaves;

CpuidResult read(std::uint32_t leaf, std::uint32_t subleaf) {
    const auto found = leaves.find({leaf, subleaf});
    return found == leaves.end() ? CpuidResult{} : found->second;
}

constexpr std::uint32_t kIntel = 0x756E'6547;
constexpr std::uint32_t kAmd = 0x6874'7541;

class Topology : public testing::Test {
  protected:
    void SetUp() override { leaves.clear(); }
    static void root(std::uint32_t highest, std::uint32_t vendor) {
        leaves[{0, 0}] = {highest, vendor, 0, 0};
    }
    static void level(std::uint32_t leaf, std::uint32_t number, unsigned type, unsigned shift) {
        leaves[{leaf, number}] = {shift, 1, type << 8 | number, 0};
    }
    static void expect(unsigned core, unsigned package) {
        const TopologyShifts shifts = read_topology(read);
        EXPECT_EQ(shifts.core, core);
        EXPECT_EQ(shifts.package, package);
    }
};

TEST_F(Topology, LevelsOfLeafB) {
    root(0xD, kIntel);
    level(0xB, 0, 1, 1);
    level(0xB, 1, 2, 4);
    expect(1, 4);
    const CorePlace place = place_of(read_topology(read), 0x35);
    EXPECT_EQ(place.package, 3u);
    EXPECT_EQ(place.core, 2u);
    EXPECT_EQ(place.thread, 1u);
}

TEST_F(Topology, Leaf1FKnowsDiesAndComesFirst) {
    root(0x1F, kIntel);
    level(0xB, 0, 1, 1);
    level(0xB, 1, 2, 4);
    level(0x1F, 0, 1, 1);
    level(0x1F, 1, 2, 4);
    level(0x1F, 2, 5, 6); // dies: the package lies above them
    expect(1, 6);
}

TEST_F(Topology, EmptyLeaf1FLeavesItToLeafB) {
    root(0x1F, kIntel);
    level(0xB, 0, 1, 0);
    level(0xB, 1, 2, 3);
    expect(0, 3);
}

TEST_F(Topology, OlderAmdByIdSizeAndThreadsPerCore) {
    root(0xA, kAmd);
    leaves[{0x8000'0000, 0}] = {0x8000'001E, 0, 0, 0};
    leaves[{0x8000'0001, 0}] = {0, 0, 1 << 22, 0};
    leaves[{0x8000'0008, 0}] = {0, 0, 4 << 12 | 15, 0};
    leaves[{0x8000'001E, 0}] = {0, 1 << 8, 0, 0};
    expect(1, 4);
}

TEST_F(Topology, FirstOpteronsByNumberOfCores) {
    root(1, kAmd);
    leaves[{0x8000'0000, 0}] = {0x8000'0018, 0, 0, 0};
    leaves[{0x8000'0008, 0}] = {0, 0, 1, 0};
    expect(0, 1);
}

TEST_F(Topology, OlderIntelByCounts) {
    root(0xA, kIntel);
    leaves[{1, 0}] = {0, 16 << 16, 0, 1 << 28};
    leaves[{4, 0}] = {7u << 26, 0, 0, 0};
    expect(1, 4);
    leaves[{1, 0}].edx = 0; // one thread
    expect(0, 0);
}

TEST_F(Topology, NonsenseDoesNoHarm) {
    root(0x1F, kIntel);
    for (std::uint32_t i = 0; i < 300; ++i) {
        level(0x1F, i, 1 + i % 3, 31);
    }
    expect(31, 31);
    leaves.clear();
    root(0xB, kAmd);
    level(0xB, 0, 1, 9); // more threads than the package has
    level(0xB, 1, 2, 3);
    expect(9, 9);
    leaves.clear();
    expect(0, 0);
    EXPECT_EQ(place_of({}, 0xFFFF'FFFF).package, 0xFFFF'FFFFu);
}

} // namespace
} // namespace hermit::arch
