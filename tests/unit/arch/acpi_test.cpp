#include "fake_firmware.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace hermit::arch::firmware {
namespace {

constexpr std::uint64_t kRsdp = 0xF0000;

TEST(Acpi, FindsRootPointerByHintAndBySearch) {
    FakeMemory memory{0xE0000, 0x20000};
    memory.put(kRsdp, make_rsdp(0, 0xF1000, 0));
    EXPECT_EQ(find_acpi(memory, kRsdp)->rsdp, kRsdp);
    EXPECT_EQ(find_acpi(memory, 0)->rsdp, kRsdp);
    EXPECT_EQ(find_acpi(memory, 0xE0010)->rsdp, kRsdp); // hints that are wrong
    EXPECT_EQ(find_acpi(memory, UINT64_MAX)->rsdp, kRsdp);
}

TEST(Acpi, FindsRootPointerInTheExtendedBiosDataArea) {
    FakeMemory memory{0, 0x100000};
    memory.put(0x40E, {0xC0, 0x9F});
    memory.put(0x9FC30, make_rsdp(0, 0x1000, 0));
    EXPECT_EQ(find_acpi(memory, 0)->rsdp, 0x9FC30u);
}

TEST(Acpi, RootPointerWithWrongChecksumIsNone) {
    FakeMemory memory{0xE0000, 0x20000};
    Content rsdp = make_rsdp(0, 0xF1000, 0);
    rsdp[10] ^= 1;
    memory.put(kRsdp, rsdp);
    const auto found = find_acpi(memory, kRsdp);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::kNotFound);
}

TEST(Acpi, WrongExtendedChecksumLeavesTheOldRootTable) {
    FakeMemory memory{0xE0000, 0x20000};
    Content rsdp = make_rsdp(2, 0xF1000, 0xF2000);
    memory.put(kRsdp, rsdp);
    EXPECT_EQ(find_acpi(memory, kRsdp)->xsdt, 0xF2000u);
    rsdp[25] ^= 1;
    memory.put(kRsdp, rsdp);
    EXPECT_EQ(find_acpi(memory, kRsdp)->xsdt, 0u);
    EXPECT_EQ(find_acpi(memory, kRsdp)->rsdt, 0xF1000u);
}

TEST(Acpi, RootPointerAtTheEndOfMemory) {
    FakeMemory memory{0xE0000, 0x20000};
    Content rsdp = make_rsdp(2, 0xF1000, 0xF2000);
    rsdp.resize(32); // the extended part does not fit any more
    memory.put(0xFFFE0, rsdp);
    EXPECT_EQ(find_acpi(memory, 0)->xsdt, 0u);
}

class Tables : public ::testing::TestWithParam<bool> {
  protected:
    /// Places root pointer, root table and one more table.
    Result<Table> find(const Content& table) {
        const bool extended = GetParam();
        Content list;
        append(list, std::uint32_t{0xF2000});
        if (extended) {
            append(list, std::uint32_t{0});
        }
        memory.put(kRsdp,
                   make_rsdp(extended ? 2 : 0, extended ? 0 : 0xF1000, extended ? 0xF1000 : 0));
        memory.put(0xF1000, make_table(extended ? "XSDT" : "RSDT", list));
        memory.put(0xF2000, table);
        return find_table(memory, *find_acpi(memory, kRsdp), "APIC");
    }
    FakeMemory memory{0xE0000, 0x20000};
};

TEST_P(Tables, AreFound) {
    const Content table = make_table("APIC", Content(5000, 7)); // longer than a page
    auto found = find(table);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->length(), table.size());
    EXPECT_EQ(found->data(), memory.at(0xF2000, 1));
}

TEST_P(Tables, MissingOneIsNotFound) {
    const auto found = find(make_table("SRAT", {}));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::kNotFound);
}

TEST_P(Tables, WrongChecksumIsAnError) {
    Content table = make_table("APIC", Content(8));
    table[40] ^= 0x10;
    const auto found = find(table);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::kInvalidArgument);
}

TEST_P(Tables, ImpossibleLengthsAreErrors) {
    for (const std::uint32_t length : {0u, 8u, 0x20000u, 0xFFFF'FFFFu}) {
        Content table = make_table("APIC", Content(8));
        std::memcpy(table.data() + 4, &length, 4);
        const auto found = find(table);
        ASSERT_FALSE(found) << length;
        EXPECT_EQ(found.error().code, Errc::kInvalidArgument);
    }
}

INSTANTIATE_TEST_SUITE_P(RootTables, Tables, ::testing::Bool());

TEST(Acpi, DamagedExtendedListFallsBackToTheOldOne) {
    FakeMemory memory{0xE0000, 0x20000};
    Content list;
    append(list, std::uint32_t{0xF3000});
    memory.put(0xF1000, make_table("RSDT", list));
    append(list, std::uint32_t{0});
    Content extended = make_table("XSDT", list);
    extended[40] ^= 1;
    memory.put(0xF2000, extended);
    memory.put(0xF3000, make_table("APIC", Content(8)));
    memory.put(kRsdp, make_rsdp(2, 0xF1000, 0xF2000));
    EXPECT_TRUE(find_table(memory, *find_acpi(memory, kRsdp), "APIC"));
}

} // namespace
} // namespace hermit::arch::firmware
