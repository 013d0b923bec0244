#include "fake_mp.hpp"

#include <arch/firmware/mp_tables.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace hermit::arch::firmware {
namespace {

class MpTables : public ::testing::Test {
  protected:
    Result<void> read() {
        *machine = {};
        return read_mp_tables(memory, *machine);
    }
    Errc failure() {
        const auto done = read();
        EXPECT_FALSE(done);
        return done.error().code;
    }
    FakeMemory memory{0, 0x100000};
    std::unique_ptr<Machine> machine = std::make_unique<Machine>();
};

TEST_F(MpTables, NoneAtAll) { EXPECT_EQ(failure(), Errc::kNotFound); }

TEST_F(MpTables, AreFoundInAllPlaces) {
    memory.put(0xE0000, make_mp_table({mp_processor(0, 3), mp_processor(6, 1)}));
    for (const std::uint64_t place : {0xFFFF0, 0x9FC10, 0x9F7F0, 0x9FFF0}) {
        FakeMemory fresh{0, 0x100000};
        std::swap(memory, fresh);
        memory.put(0xE0000, make_mp_table({mp_processor(0, 3), mp_processor(6, 1)}));
        memory.put(0x40E, {0xC0, 0x9F});
        memory.put(0x413, {0x7E, 0x02}); // 638 KiB
        memory.put(place, make_mp_pointer(0xE0000, 0));
        ASSERT_TRUE(read()) << place;
        ASSERT_EQ(machine->processor_count, 2u);
        EXPECT_EQ(machine->apic_id[1], 6u);
    }
}

TEST_F(MpTables, WholeConfiguration) {
    memory.put(0xF0000, make_mp_pointer(0xE0000, 0, 0x80));
    memory.put(0xE0000, make_mp_table({
                            mp_processor(0, 3),
                            mp_processor(1, 0), // not usable
                            mp_processor(2, 1),
                            {1, 0, 'P', 'C', 'I', ' ', ' ', ' '},
                            {1, 1, 'I', 'S', 'A', ' ', ' ', ' '},
                            {2, 8, 0x11, 1, 0, 0, 0xC0, 0xFE},
                            {2, 9, 0x11, 0, 0, 0, 0xC1, 0xFE}, // not usable
                            {3, 0, 0, 0, 1, 0, 8, 2},          // timer: input 2
                            {3, 0, 0x0F, 0, 1, 9, 8, 9},
                            {3, 0, 0, 0, 0, 4, 8, 16}, // of PCI
                            {3, 3, 0, 0, 1, 5, 8, 0},  // ExtINT
                            {4, 3, 0, 0, 1, 0, 0xFF, 0},
                            {4, 1, 0, 0, 1, 0, 0xFF, 1},
                        }));
    ASSERT_TRUE(read());
    EXPECT_EQ(machine->processor_count, 2u);
    EXPECT_TRUE(machine->has_imcr);
    EXPECT_EQ(machine->local_apic_address, 0xFEE00000u);
    ASSERT_EQ(machine->io_apic_count, 1u);
    EXPECT_EQ(machine->io_apic[0].address, 0xFEC00000u);
    EXPECT_EQ(machine->isa[0].global_interrupt, 2u);
    EXPECT_TRUE(machine->isa[9].active_low);
    EXPECT_EQ(machine->isa[4].global_interrupt, 4u);
    EXPECT_EQ(machine->isa[5].global_interrupt, 5u);
    EXPECT_TRUE(machine->is_nmi_pin(2, 1));
    EXPECT_FALSE(machine->is_nmi_pin(2, 0));
}

TEST_F(MpTables, DefaultConfigurationsHaveTwoProcessors) {
    for (std::uint8_t number = 1; number <= 7; ++number) {
        memory.put(0xF0000, make_mp_pointer(0, number));
        ASSERT_TRUE(read());
        EXPECT_EQ(machine->processor_count, 2u);
        EXPECT_EQ(machine->apic_id[1], 1u);
        EXPECT_EQ(machine->io_apic_count, 1u);
        EXPECT_EQ(machine->isa[0].global_interrupt, number == 2 ? 0u : 2u);
    }
}

TEST_F(MpTables, LongerThanAPage) {
    std::vector<Content> entries;
    for (unsigned id = 0; id < 255; ++id) {
        entries.push_back(mp_processor(static_cast<std::uint8_t>(id), 1));
    }
    memory.put(0xF0000, make_mp_pointer(0xE0000, 0));
    memory.put(0xE0000, make_mp_table(entries));
    ASSERT_TRUE(read());
    EXPECT_EQ(machine->processor_count, 255u);
}

TEST_F(MpTables, TablesThatLieAreErrors) {
    memory.put(0xF0000, make_mp_pointer(0xE0000, 0));
    EXPECT_EQ(failure(), Errc::kInvalidArgument); // no signature
    for (const Content& entry : {Content{0, 1, 0x14, 1}, Content{1}, Content(8, 77)}) {
        memory.put(0xE0000, make_mp_table({mp_processor(0, 1), entry}));
        EXPECT_EQ(failure(), Errc::kInvalidArgument) << entry.size(); // cut short, unknown
    }
    Content table = make_mp_table({mp_processor(0, 1)});
    table[44] ^= 1;
    memory.put(0xE0000, table);
    EXPECT_EQ(failure(), Errc::kInvalidArgument); // checksum
    table = make_mp_table({});
    table[4] = 12;
    fix_checksum(table, 7, 12);
    memory.put(0xE0000, table);
    EXPECT_EQ(failure(), Errc::kInvalidArgument); // shorter than its header
    memory.put(0xF0000, make_mp_pointer(0xFFFFFFF0, 0));
    EXPECT_EQ(failure(), Errc::kInvalidArgument); // outside memory
}

} // namespace
} // namespace hermit::arch::firmware
