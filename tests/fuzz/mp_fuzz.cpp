#include "firmware_memory.hpp"

#include <arch/firmware/mp_tables.hpp>

#include <memory>

// Memory with a floating pointer and a configuration table, whose checksums are put right.

using namespace hermit::arch::firmware;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    FuzzMemory memory{0xF0000, data, size};
    memory.repair("_MP_", 10, 16);
    for (std::size_t at = 0; at + 44 <= memory.size(); ++at) {
        std::uint16_t length = 0;
        std::memcpy(&length, memory.data() + at + 4, 2);
        if (std::memcmp(memory.data() + at, "PCMP", 4) == 0 && length >= 44 &&
            length <= memory.size() - at) {
            memory.repair_at(at, 7, length);
        }
    }
    const auto machine = std::make_unique<Machine>();
    static_cast<void>(read_mp_tables(memory, *machine));
    check(machine->processor_count <= Machine::kMaxProcessors);
    check(machine->io_apic_count <= Machine::kMaxIoApics);
    check(machine->nmi_pin_count <= Machine::kMaxNmiPins);
    return 0;
}
