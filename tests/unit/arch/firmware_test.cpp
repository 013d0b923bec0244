#include "fake_mp.hpp"

#include <arch/firmware/firmware.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace hermit::arch::firmware {
namespace {

/// A machine with the given ACPI tables.
class WholeFirmware : public ::testing::Test {
  protected:
    void put_acpi(const std::vector<Content>& tables) {
        Content list;
        std::uint32_t at = 0xF2000;
        for (const Content& table : tables) {
            append(list, at);
            memory.put(at, table);
            at += 0x1000;
        }
        memory.put(0xF0000, make_rsdp(0, 0xF1000, 0));
        memory.put(0xF1000, make_table("RSDT", list));
    }
    void put_mp() {
        memory.put(0xE0000, make_mp_table({mp_processor(0, 3), mp_processor(1, 1)}));
        memory.put(0xFFFF0, make_mp_pointer(0xE0000, 0));
    }
    /// What was written to the log.
    std::string read() {
        ::testing::internal::CaptureStderr();
        *firmware = {};
        read_firmware(memory, sources, *firmware);
        return ::testing::internal::GetCapturedStderr();
    }
    static Content madt(std::uint8_t processors) {
        Content body(8);
        for (std::uint8_t id = 0; id < processors; ++id) {
            body.insert(body.end(), {0, 8, id, id, 1, 0, 0, 0});
        }
        return make_table("APIC", body);
    }
    FakeMemory memory{0, 0x100000};
    Sources sources;
    std::unique_ptr<Firmware> firmware = std::make_unique<Firmware>();
};

TEST_F(WholeFirmware, NoTables) {
    EXPECT_NE(read().find("one core only"), std::string::npos);
    EXPECT_EQ(firmware->machine.processor_count, 0u);
    EXPECT_EQ(firmware->acpi.rsdp, 0u);
}

TEST_F(WholeFirmware, AcpiGoesBeforeMultiProcessorTables) {
    put_acpi({madt(5)});
    put_mp();
    EXPECT_EQ(read(), "");
    EXPECT_EQ(firmware->machine.processor_count, 5u);
    EXPECT_STREQ(firmware->source, "ACPI");
}

TEST_F(WholeFirmware, MultiProcessorTablesAlone) {
    put_mp();
    EXPECT_EQ(read(), "");
    EXPECT_EQ(firmware->machine.processor_count, 2u);
    EXPECT_STREQ(firmware->source, "MultiProcessor tables");
}

TEST_F(WholeFirmware, SourcesCanBeTurnedOff) {
    put_acpi({madt(5)});
    put_mp();
    sources.acpi = false;
    EXPECT_EQ(read(), "");
    EXPECT_EQ(firmware->machine.processor_count, 2u);
    sources.mp_tables = false;
    EXPECT_NE(read().find("one core only"), std::string::npos);
    EXPECT_EQ(firmware->machine.processor_count, 0u);
}

TEST_F(WholeFirmware, DamagedMadtFallsBackWithAWarning) {
    Content wrong_checksum = madt(5);
    wrong_checksum[40] ^= 1;
    Content wrong_entry = madt(5);
    wrong_entry[kHeaderBytes + 8 + 1] = 0;
    fix_checksum(wrong_entry, 9, wrong_entry.size());
    for (const Content& table : {wrong_checksum, wrong_entry, madt(0)}) {
        *firmware = {};
        put_acpi({table});
        put_mp();
        EXPECT_NE(read().find("ACPI's \"APIC\" is not used"), std::string::npos);
        EXPECT_EQ(firmware->machine.processor_count, 2u);
    }
}

TEST_F(WholeFirmware, HpetAndPciSegments) {
    Content hpet(20);
    hpet[11] = 0xFE;
    hpet[10] = 0xD0;
    Content mcfg(8);
    append(mcfg, std::uint64_t{0xB0000000});
    append(mcfg, std::uint16_t{1});
    mcfg.insert(mcfg.end(), {0, 255, 0, 0, 0, 0});
    append(mcfg, std::uint64_t{0xC0000000});
    append(mcfg, std::uint16_t{2});
    mcfg.insert(mcfg.end(), {9, 8, 0, 0, 0, 0}); // ends before it starts
    put_acpi({madt(1), make_table("HPET", hpet), make_table("MCFG", mcfg)});
    EXPECT_EQ(read(), "");
    EXPECT_EQ(firmware->hpet, 0xFED00000u);
    ASSERT_EQ(firmware->pci_count, 1u);
    EXPECT_EQ(firmware->pci[0].address, 0xB0000000u);
    EXPECT_EQ(firmware->pci[0].number, 1u);
    EXPECT_EQ(firmware->pci[0].last_bus, 255u);
}

TEST_F(WholeFirmware, SoftOffInASecondaryTable) {
    const Content nothing{0x10, 5, '_', 'S', 'B', '_'};
    const Content package{8, '_', 'S', '5', '_', 0x12, 7, 2, 0x0A, 5, 0x0A, 6};
    const Content second{8, '_', 'S', '5', '_', 0x12, 7, 2, 0x0A, 1, 0x0A, 1};
    Content damaged = make_table("SSDT", second);
    damaged.back() ^= 1;
    constexpr std::uint64_t kDsdtAddress = 0xF8000;
    memory.put(kDsdtAddress, make_table("DSDT", nothing));
    Content fadt(240);
    fadt[40 - kHeaderBytes + 1] = 0x80;
    fadt[40 - kHeaderBytes + 2] = 0x0F;
    put_acpi({madt(1), make_table("FACP", fadt), damaged, make_table("SSDT", nothing),
              make_table("SSDT", package), make_table("SSDT", second)});
    EXPECT_NE(read().find("ACPI's \"SSDT\" is not used: ACPI table with a wrong checksum"),
              std::string::npos);
    ASSERT_TRUE(firmware->fixed.soft_off.known);
    EXPECT_EQ(firmware->fixed.soft_off.type_a, 5);
    EXPECT_EQ(firmware->fixed.soft_off.type_b, 6);

    memory.put(kDsdtAddress, make_table("DSDT", second)); // comes first
    read();
    EXPECT_EQ(firmware->fixed.soft_off.type_a, 1);
}

TEST_F(WholeFirmware, TablesThatAreTooShortAreReported) {
    put_acpi({madt(1), make_table("HPET", Content(4)), make_table("MCFG", Content(4)),
              make_table("FACP", Content(4))});
    const std::string log = read();
    for (const char* name : {"HPET", "MCFG", "FACP"}) {
        EXPECT_NE(log.find(std::string("ACPI's \"") + name), std::string::npos) << name;
    }
    EXPECT_EQ(firmware->machine.processor_count, 1u);
}

} // namespace
} // namespace hermit::arch::firmware
