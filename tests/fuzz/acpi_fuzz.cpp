#include "firmware_memory.hpp"

#include <arch/firmware/firmware.hpp>

#include <memory>

// Memory with a root pointer at its start or anywhere, and tables; their checksums are put right.

using namespace hermit::arch::firmware;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr std::uint64_t kStart = 0xE0000;
    FuzzMemory memory{kStart, data, size};
    for (const char* signature : {"APIC", "FACP", "DSDT", "SSDT", "HPET", "MCFG", "RSDT", "XSDT"}) {
        memory.repair_table(signature);
    }
    memory.repair("RSD PTR ", 8, 20);
    memory.repair("RSD PTR ", 32, 36);
    const auto firmware = std::make_unique<Firmware>();
    read_firmware(memory, {.rsdp = kStart}, *firmware);
    const Machine& machine = firmware->machine;
    check(machine.processor_count <= Machine::kMaxProcessors);
    check(machine.io_apic_count <= Machine::kMaxIoApics);
    check(machine.nmi_pin_count <= Machine::kMaxNmiPins);
    check(machine.nmi_input_count <= Machine::kMaxNmiInputs);
    check(firmware->pci_count <= Firmware::kMaxPciSegments);
    machine.is_nmi_pin(0, 0);
    return 0;
}
