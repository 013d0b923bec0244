// Processors and interrupt controllers, as the MADT or the MultiProcessor tables describe them.
#pragma once

#include <arch/firmware/acpi.hpp>

namespace hermit::arch::firmware {

/// An I/O APIC: its registers and the first of the global interrupts that arrive at it.
struct IoApic {
    std::uint64_t address;
    std::uint32_t first_interrupt;
    std::uint8_t id;
};

/// Where and how an ISA interrupt arrives.
struct IsaRoute {
    std::uint32_t global_interrupt;
    bool active_low;
    bool level_triggered;
};

/// A local interrupt pin (LINT0 or LINT1) to which the machine's NMI is wired.
struct NmiPin {
    static constexpr std::uint32_t kAll = ~0u;
    std::uint32_t apic_id; // or kAll
    std::uint8_t pin;
};

/// Too large for a stack.
struct Machine {
    static constexpr unsigned kMaxProcessors = 1024;
    static constexpr unsigned kMaxIoApics = 64;
    static constexpr unsigned kIsaInterrupts = 16;
    static constexpr unsigned kMaxNmiPins = 64;
    static constexpr unsigned kMaxNmiInputs = 8;

    std::uint32_t apic_id[kMaxProcessors];
    unsigned processor_count = 0;
    unsigned processors_left_out = 0; // more than kMaxProcessors
    std::uint64_t local_apic_address = 0;
    bool has_8259 = true;
    bool has_imcr = false; // the 8259s are in the way until a register says otherwise

    IoApic io_apic[kMaxIoApics];
    unsigned io_apic_count = 0;
    IsaRoute isa[kIsaInterrupts];
    NmiPin nmi_pin[kMaxNmiPins];
    unsigned nmi_pin_count = 0;
    std::uint32_t nmi_input[kMaxNmiInputs]; // global interrupts that are NMIs
    unsigned nmi_input_count = 0;

    Machine();
    /// Adds a processor unless it is there already.
    void add_processor(std::uint32_t id);
    void add_io_apic(const IoApic& found);
    void add_nmi_pin(const NmiPin& found);
    /// Whether the NMI arrives at this pin of this processor.
    bool is_nmi_pin(std::uint32_t id, std::uint8_t pin) const;
};

/// Collects what the MADT ("APIC") says: the APIC IDs of the enabled processors, each once, in the
/// table's order, local APIC and x2APIC entries alike; I/O APICs; interrupt source overrides; NMIs.
/// Errors: kInvalidArgument if an entry's length is wrong; `machine` then holds what came before.
/// [acpi/6.5] §5.2.12.
Result<void> read_madt(const Table& madt, Machine& machine);

} // namespace hermit::arch::firmware
