#include <arch/acpi.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace hermit::arch::acpi {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// One stretch of memory at a pretended physical address.
class FakeMemory final : public MemoryView {
  public:
    FakeMemory(std::uint64_t start, std::size_t size) : start_{start}, bytes_(size) {}

    const std::uint8_t* at(std::uint64_t address, std::size_t bytes) override {
        if (address < start_ || address - start_ > bytes_.size() ||
            bytes > bytes_.size() - (address - start_)) {
            return nullptr;
        }
        return bytes_.data() + (address - start_);
    }
    void put(std::uint64_t address, const Bytes& bytes) {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin() + static_cast<long>(address - start_));
    }

  private:
    std::uint64_t start_;
    Bytes bytes_;
};

template <class T>
void append(Bytes& to, T value) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(&value);
    to.insert(to.end(), first, first + sizeof(value));
}

void fix_checksum(Bytes& bytes, std::size_t at, std::size_t length) {
    bytes[at] = 0;
    std::uint8_t sum = 0;
    for (std::size_t i = 0; i < length; ++i) {
        sum = static_cast<std::uint8_t>(sum + bytes[i]);
    }
    bytes[at] = static_cast<std::uint8_t>(-sum);
}

Bytes make_table(const std::string& signature, const Bytes& body) {
    Bytes table(signature.begin(), signature.end());
    append(table, static_cast<std::uint32_t>(kHeaderBytes + body.size()));
    table.resize(kHeaderBytes);
    table.insert(table.end(), body.begin(), body.end());
    fix_checksum(table, 9, table.size());
    return table;
}

Bytes make_rsdp(std::uint8_t revision, std::uint32_t rsdt, std::uint64_t xsdt) {
    Bytes rsdp{'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ', 0, 'H', 'E', 'R', 'M', 'I', 'T', revision};
    append(rsdp, rsdt);
    append(rsdp, std::uint32_t{36});
    append(rsdp, xsdt);
    rsdp.resize(36);
    fix_checksum(rsdp, 8, 20);
    return rsdp;
}

Bytes madt_body() {
    Bytes body;
    append(body, std::uint32_t{0xFEE00000});
    append(body, std::uint32_t{1});
    return body;
}

void add_local_apic(Bytes& body, std::uint8_t id, std::uint32_t flags) {
    body.insert(body.end(), {0, 8, id, id});
    append(body, flags);
}

void add_x2apic(Bytes& body, std::uint32_t id, std::uint32_t flags) {
    body.insert(body.end(), {9, 16, 0, 0});
    append(body, id);
    append(body, flags);
    append(body, std::uint32_t{0});
}

constexpr std::uint64_t kRsdp = 0xF0000;

TEST(Acpi, FindsRootPointerByHintAndBySearch) {
    FakeMemory memory{0xE0000, 0x20000};
    memory.put(kRsdp, make_rsdp(0, 0xF1000, 0));
    EXPECT_EQ(*find_rsdp(memory, kRsdp), kRsdp);
    EXPECT_EQ(*find_rsdp(memory, 0), kRsdp);
    EXPECT_EQ(*find_rsdp(memory, 0xE0010), kRsdp); // a hint that is wrong
}

TEST(Acpi, RootPointerWithWrongChecksumIsNone) {
    FakeMemory memory{0xE0000, 0x20000};
    Bytes rsdp = make_rsdp(0, 0xF1000, 0);
    rsdp[10] ^= 1;
    memory.put(kRsdp, rsdp);
    const auto found = find_rsdp(memory, kRsdp);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::kNotFound);
}

class Tables : public ::testing::TestWithParam<bool> {
  protected:
    /// Places root pointer, root table and one MADT.
    Result<Table> find_madt(const Bytes& madt) {
        const bool extended = GetParam();
        Bytes list;
        append(list, std::uint32_t{0xF2000});
        if (extended) {
            append(list, std::uint32_t{0});
        }
        memory.put(kRsdp,
                   make_rsdp(extended ? 2 : 0, extended ? 0 : 0xF1000, extended ? 0xF1000 : 0));
        memory.put(0xF1000, make_table(extended ? "XSDT" : "RSDT", list));
        memory.put(0xF2000, madt);
        return find_table(memory, kRsdp, "APIC");
    }
    FakeMemory memory{0xE0000, 0x20000};
};

TEST_P(Tables, ProcessorsOfBothKindsOnceEachInOrder) {
    Bytes body = madt_body();
    add_local_apic(body, 0, 1);
    add_local_apic(body, 4, 1); // a gap
    add_local_apic(body, 5, 0); // disabled
    add_x2apic(body, 4, 1);     // again
    add_x2apic(body, 300, 1);
    auto madt = find_madt(make_table("APIC", body));
    ASSERT_TRUE(madt);
    static Processors processors;
    processors = {};
    ASSERT_TRUE(read_processors(*madt, processors));
    ASSERT_EQ(processors.count, 3u);
    EXPECT_EQ(processors.apic_id[0], 0u);
    EXPECT_EQ(processors.apic_id[1], 4u);
    EXPECT_EQ(processors.apic_id[2], 300u);
    EXPECT_EQ(processors.local_apic_address, 0xFEE00000u);
}

TEST_P(Tables, LongerThanAPage) {
    Bytes body = madt_body();
    for (unsigned i = 0; i < 1000; ++i) {
        add_x2apic(body, i, 1);
    }
    auto madt = find_madt(make_table("APIC", body));
    ASSERT_TRUE(madt);
    static Processors processors;
    processors = {};
    ASSERT_TRUE(read_processors(*madt, processors));
    EXPECT_EQ(processors.count, 1000u);
}

TEST_P(Tables, WrongChecksumIsAnError) {
    Bytes madt = make_table("APIC", madt_body());
    madt[40] ^= 0x10;
    const auto found = find_madt(madt);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::kInvalidArgument);
}

TEST_P(Tables, ImpossibleLengthsAreErrors) {
    for (const std::uint32_t length : {0u, 8u, 0x20000u, 0xFFFF'FFFFu}) {
        Bytes madt = make_table("APIC", madt_body());
        std::memcpy(madt.data() + 4, &length, 4);
        const auto found = find_madt(madt);
        ASSERT_FALSE(found) << length;
        EXPECT_EQ(found.error().code, Errc::kInvalidArgument);
    }
}

TEST_P(Tables, EntriesThatLieAreErrors) {
    for (const std::uint8_t length : {0, 1, 200}) {
        Bytes body = madt_body();
        body.insert(body.end(), {0, length, 0, 0});
        auto madt = find_madt(make_table("APIC", body));
        ASSERT_TRUE(madt);
        static Processors processors;
        processors = {};
        EXPECT_FALSE(read_processors(*madt, processors)) << int{length};
    }
}

INSTANTIATE_TEST_SUITE_P(RootTables, Tables, ::testing::Bool());

} // namespace
} // namespace hermit::arch::acpi
