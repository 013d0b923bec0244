#include "fake_firmware.hpp"

#include <arch/firmware/affinity.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace hermit::arch::firmware {
namespace {

constexpr std::uint64_t kGiB = 1 << 30;

/// Builds an SRAT entry by entry.
class Srat {
  public:
    explicit Srat(std::uint8_t revision = 3) : body_(12), revision_{revision} {}

    void processor(std::uint8_t id, std::uint32_t domain, std::uint32_t flags = 1) {
        const Content high{static_cast<std::uint8_t>(domain >> 8),
                           static_cast<std::uint8_t>(domain >> 16),
                           static_cast<std::uint8_t>(domain >> 24)};
        add({0, 16, static_cast<std::uint8_t>(domain), id});
        append(body_, flags);
        add({0, high[0], high[1], high[2], 0, 0, 0, 0});
    }
    void x2apic(std::uint32_t id, std::uint32_t domain, std::uint32_t flags = 1) {
        add({2, 24, 0, 0});
        for (const std::uint32_t value : {domain, id, flags, 0u, 0u}) {
            append(body_, value);
        }
    }
    void memory(std::uint64_t start, std::uint64_t bytes, std::uint32_t domain,
                std::uint32_t flags = 1) {
        add({1, 40});
        append(body_, domain);
        append(body_, std::uint16_t{0});
        append(body_, start);
        append(body_, bytes);
        append(body_, std::uint32_t{0});
        append(body_, flags);
        append(body_, std::uint64_t{0});
    }
    void add(const Content& bytes) { body_.insert(body_.end(), bytes.begin(), bytes.end()); }
    Result<void> read() {
        table_ = make_table("SRAT", body_, revision_);
        return read_affinity(view(table_), *affinity);
    }
    std::unique_ptr<Affinity> affinity = std::make_unique<Affinity>();

  private:
    Content body_;
    Content table_;
    std::uint8_t revision_;
};

TEST(Affinity, WithoutATableThereIsOneNode) {
    const auto affinity = std::make_unique<Affinity>();
    EXPECT_EQ(affinity->node_count(), 1u);
    EXPECT_TRUE(affinity->ranges().empty());
    EXPECT_EQ(affinity->node_of_processor(5), 0u);
    EXPECT_EQ(affinity->node_of_memory(5), 0u);
}

TEST(Affinity, NodesAreDenseAndInTheOrderOfDomains) {
    Srat srat;
    srat.memory(4 * kGiB, kGiB, 70'000);
    srat.memory(0, kGiB, 3);
    srat.processor(0, 3);
    srat.processor(1, 70'000);
    srat.x2apic(300, 70'000);
    srat.x2apic(301, 500);   // processors without memory
    srat.processor(2, 9, 0); // not enabled: no node of its own
    srat.memory(kGiB, kGiB, 8, 0);
    ASSERT_TRUE(srat.read());
    const Affinity& affinity = *srat.affinity;
    EXPECT_EQ(affinity.node_count(), 3u); // domains 3, 500 and 70,000
    EXPECT_EQ(affinity.node_of_processor(0), 0u);
    EXPECT_EQ(affinity.node_of_processor(301), 1u);
    EXPECT_EQ(affinity.node_of_processor(1), 2u);
    EXPECT_EQ(affinity.node_of_processor(300), 2u);
    EXPECT_EQ(affinity.node_of_processor(77), 0u); // unknown
    ASSERT_EQ(affinity.ranges().size(), 2u);
    EXPECT_EQ(affinity.ranges()[0].end, kGiB);
    EXPECT_EQ(affinity.ranges()[0].node, 0u);
    EXPECT_EQ(affinity.ranges()[1].start, 4 * kGiB);
    EXPECT_EQ(affinity.ranges()[1].node, 2u);
    EXPECT_EQ(affinity.node_of_memory(4 * kGiB), 2u);
    EXPECT_EQ(affinity.node_of_memory(5 * kGiB), 0u);
}

TEST(Affinity, OldTablesHaveDomainsOfEightBits) {
    Srat srat{1};
    srat.processor(0, 0xABCD01);
    srat.memory(0, kGiB, 0xFFFFFF01);
    ASSERT_TRUE(srat.read());
    EXPECT_EQ(srat.affinity->node_count(), 1u);
}

TEST(Affinity, RangesAreSortedAndDoNotOverlap) {
    Srat srat;
    srat.memory(2 * kGiB, 2 * kGiB, 1);
    srat.memory(0, 3 * kGiB, 0);
    srat.memory(kGiB, kGiB, 1);                  // inside another
    srat.memory(3 * kGiB, UINT64_MAX - kGiB, 1); // wraps: cut
    srat.memory(5 * kGiB, 0, 0);                 // empty
    ASSERT_TRUE(srat.read());
    const auto ranges = srat.affinity->ranges();
    ASSERT_EQ(ranges.size(), 3u);
    EXPECT_EQ(ranges[0].start, 0u);
    EXPECT_EQ(ranges[0].end, 3 * kGiB);
    EXPECT_EQ(ranges[1].start, 3 * kGiB);
    EXPECT_EQ(ranges[1].end, 4 * kGiB);
    EXPECT_EQ(ranges[2].start, 4 * kGiB);
    EXPECT_EQ(ranges[2].end, UINT64_MAX);
}

TEST(Affinity, TablesThatLieLeaveOneNode) {
    for (const std::uint8_t length : {0, 1, 200}) {
        Srat srat;
        srat.memory(0, kGiB, 0);
        srat.memory(kGiB, kGiB, 1);
        srat.add({0, length});
        EXPECT_FALSE(srat.read());
        EXPECT_EQ(srat.affinity->node_count(), 1u);
        EXPECT_TRUE(srat.affinity->ranges().empty());
    }
    Srat nothing;
    EXPECT_FALSE(nothing.read());
    EXPECT_EQ(nothing.affinity->node_count(), 1u);
    Srat many;
    for (unsigned domain = 0; domain <= Affinity::kMaxNodes; ++domain) {
        many.x2apic(domain, domain);
    }
    EXPECT_FALSE(many.read());
    EXPECT_EQ(many.affinity->node_of_processor(3), 0u);
}

} // namespace
} // namespace hermit::arch::firmware
