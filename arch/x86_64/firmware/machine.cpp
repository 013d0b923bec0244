#include <arch/firmware/machine.hpp>

namespace hermit::arch::firmware {

Machine::Machine() {
    for (unsigned irq = 0; irq < kIsaInterrupts; ++irq) {
        isa[irq] = {.global_interrupt = irq, .active_low = false, .level_triggered = false};
    }
}

void Machine::add_processor(std::uint32_t id) {
    for (unsigned i = 0; i < processor_count; ++i) {
        if (apic_id[i] == id) {
            return;
        }
    }
    if (processor_count == kMaxProcessors) {
        ++processors_left_out;
        return;
    }
    apic_id[processor_count++] = id;
}

void Machine::add_io_apic(const IoApic& found) {
    if (io_apic_count < kMaxIoApics && found.address != 0) {
        io_apic[io_apic_count++] = found;
    }
}

void Machine::add_nmi_pin(const NmiPin& found) {
    if (nmi_pin_count < kMaxNmiPins) {
        nmi_pin[nmi_pin_count++] = found;
    }
}

bool Machine::is_nmi_pin(std::uint32_t id, std::uint8_t pin) const {
    for (unsigned i = 0; i < nmi_pin_count; ++i) {
        if (nmi_pin[i].pin == pin &&
            (nmi_pin[i].apic_id == id || nmi_pin[i].apic_id == NmiPin::kAll)) {
            return true;
        }
    }
    // Nobody says where it is: the usual place.
    return nmi_pin_count == 0 && pin == 1;
}

} // namespace hermit::arch::firmware
