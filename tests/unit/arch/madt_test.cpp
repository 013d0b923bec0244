#include "fake_firmware.hpp"

#include <arch/firmware/machine.hpp>

#include <gtest/gtest.h>

#include <memory>

namespace hermit::arch::firmware {
namespace {

/// Builds a MADT entry by entry.
class Madt {
  public:
    explicit Madt(std::uint32_t flags = 1) {
        append(body_, std::uint32_t{0xFEE00000});
        append(body_, flags);
    }
    void local_apic(std::uint8_t uid, std::uint8_t id, std::uint32_t flags) {
        add({0, 8, uid, id});
        append(body_, flags);
    }
    void x2apic(std::uint32_t uid, std::uint32_t id, std::uint32_t flags) {
        add({9, 16, 0, 0});
        append(body_, id);
        append(body_, flags);
        append(body_, uid);
    }
    void add(const Content& bytes) { body_.insert(body_.end(), bytes.begin(), bytes.end()); }
    Result<void> read() {
        table_ = make_table("APIC", body_);
        return read_madt(view(table_), *machine);
    }
    std::unique_ptr<Machine> machine = std::make_unique<Machine>();

  private:
    Content body_;
    Content table_;
};

TEST(Madt, ProcessorsOfBothKindsOnceEachInOrder) {
    Madt madt;
    madt.local_apic(0, 0, 1);
    madt.local_apic(1, 4, 1); // a gap
    madt.local_apic(2, 5, 0); // disabled
    madt.x2apic(1, 4, 1);     // again
    madt.x2apic(3, 300, 1);
    ASSERT_TRUE(madt.read());
    const Machine& machine = *madt.machine;
    ASSERT_EQ(machine.processor_count, 3u);
    EXPECT_EQ(machine.apic_id[0], 0u);
    EXPECT_EQ(machine.apic_id[1], 4u);
    EXPECT_EQ(machine.apic_id[2], 300u);
    EXPECT_EQ(machine.local_apic_address, 0xFEE00000u);
    EXPECT_TRUE(machine.has_8259);
}

TEST(Madt, MoreProcessorsThanFitAreCounted) {
    Madt madt;
    for (unsigned i = 0; i < Machine::kMaxProcessors + 6; ++i) {
        madt.x2apic(i, i, 1);
    }
    ASSERT_TRUE(madt.read());
    EXPECT_EQ(madt.machine->processor_count, Machine::kMaxProcessors);
    EXPECT_EQ(madt.machine->processors_left_out, 6u);
}

TEST(Madt, LocalApicElsewhereAndNo8259) {
    Madt madt{0};
    madt.add({5, 12, 0, 0, 0, 0, 0, 0xFD, 1, 0, 0, 0});
    ASSERT_TRUE(madt.read());
    EXPECT_EQ(madt.machine->local_apic_address, 0x1FD000000u);
    EXPECT_FALSE(madt.machine->has_8259);
}

TEST(Madt, IoApicsAndOverrides) {
    Madt madt;
    madt.add({1, 12, 3, 0, 0, 0, 0xC0, 0xFE, 0, 0, 0, 0});
    madt.add({1, 12, 4, 0, 0, 0x10, 0xC0, 0xFE, 24, 0, 0, 0});
    madt.add({2, 10, 0, 0, 2, 0, 0, 0, 0, 0});    // the timer arrives at input 2
    madt.add({2, 10, 0, 9, 9, 0, 0, 0, 0x0F, 0}); // level triggered, active low
    madt.add({2, 10, 0, 200, 9, 0, 0, 0, 0, 0});  // no such ISA interrupt
    madt.add({2, 10, 7, 5, 9, 0, 0, 0, 0x0F, 0}); // of another bus
    madt.add({3, 8, 0, 0, 17, 0, 0, 0});          // input 17 is an NMI
    ASSERT_TRUE(madt.read());
    const Machine& machine = *madt.machine;
    ASSERT_EQ(machine.io_apic_count, 2u);
    EXPECT_EQ(machine.io_apic[0].address, 0xFEC00000u);
    EXPECT_EQ(machine.io_apic[1].first_interrupt, 24u);
    EXPECT_EQ(machine.io_apic[1].id, 4u);
    EXPECT_EQ(machine.isa[0].global_interrupt, 2u);
    EXPECT_FALSE(machine.isa[0].active_low);
    EXPECT_EQ(machine.isa[9].global_interrupt, 9u);
    EXPECT_TRUE(machine.isa[9].active_low);
    EXPECT_TRUE(machine.isa[9].level_triggered);
    EXPECT_EQ(machine.isa[5].global_interrupt, 5u);
    EXPECT_FALSE(machine.isa[5].active_low);
    ASSERT_EQ(machine.nmi_input_count, 1u);
    EXPECT_EQ(machine.nmi_input[0], 17u);
}

TEST(Madt, NmiPins) {
    Madt none;
    ASSERT_TRUE(none.read());
    EXPECT_TRUE(none.machine->is_nmi_pin(0, 1)); // the usual wiring
    EXPECT_FALSE(none.machine->is_nmi_pin(0, 0));

    Madt madt;
    madt.local_apic(7, 20, 1);
    madt.x2apic(1000, 300, 1);
    madt.add({4, 6, 7, 0, 0, 0});                        // processor 7: LINT0
    madt.add({10, 12, 0, 0, 0xE8, 3, 0, 0, 1, 0, 0, 0}); // processor 1000: LINT1
    ASSERT_TRUE(madt.read());
    EXPECT_TRUE(madt.machine->is_nmi_pin(20, 0));
    EXPECT_FALSE(madt.machine->is_nmi_pin(20, 1));
    EXPECT_TRUE(madt.machine->is_nmi_pin(300, 1));

    Madt all;
    all.add({4, 6, 0xFF, 0, 0, 0});
    ASSERT_TRUE(all.read());
    EXPECT_TRUE(all.machine->is_nmi_pin(5, 0));
    EXPECT_FALSE(all.machine->is_nmi_pin(5, 1));
}

TEST(Madt, EntriesThatLieAreErrors) {
    for (const std::uint8_t length : {0, 1, 200}) {
        Madt madt;
        madt.local_apic(0, 0, 1);
        madt.add({0, length, 0, 0});
        EXPECT_FALSE(madt.read()) << int{length};
        EXPECT_EQ(madt.machine->processor_count, 1u);
    }
    EXPECT_FALSE(read_madt(view(make_table("APIC", Content(7))), *Madt{}.machine));
}

TEST(Madt, EntriesTooShortForTheirKindAreIgnored) {
    Madt madt;
    for (const std::uint8_t type : {0, 1, 2, 3, 4, 5, 9, 10}) {
        madt.add({type, 4, 1, 1});
    }
    ASSERT_TRUE(madt.read());
    EXPECT_EQ(madt.machine->processor_count, 0u);
    EXPECT_EQ(madt.machine->io_apic_count, 0u);
}

} // namespace
} // namespace hermit::arch::firmware
