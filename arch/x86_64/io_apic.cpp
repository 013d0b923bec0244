#include <arch/io_apic.hpp>

#include <arch/core_setup.hpp>

namespace hermit::arch {
namespace {

/// An index and a data register.
struct MemoryAccess {
    volatile std::uint32_t* registers = nullptr;

    std::uint32_t read(std::uint32_t index) const {
        registers[0] = index;
        return registers[4];
    }
    void write(std::uint32_t index, std::uint32_t value) const {
        registers[0] = index;
        registers[4] = value;
    }
};
using Controller = io_apic::Controller<MemoryAccess>;

constinit Controller controllers[firmware::Machine::kMaxIoApics];
unsigned controller_count = 0;

Controller* controller_of(std::uint32_t global_interrupt) {
    for (unsigned i = 0; i < controller_count; ++i) {
        if (controllers[i].has(global_interrupt)) {
            return &controllers[i];
        }
    }
    return nullptr;
}

} // namespace

void add_io_apic(const firmware::IoApic& description, void* registers) {
    const MemoryAccess access{static_cast<volatile std::uint32_t*>(registers)};
    Controller& added = controllers[controller_count++];
    added = Controller{access, description.first_interrupt};
    added.mask_all();
}

Result<void> route_isa_interrupt(unsigned irq, unsigned vector, unsigned core) {
    const firmware::IsaRoute& route = machine().isa[irq];
    Controller* const controller = controller_of(route.global_interrupt);
    if (controller == nullptr) {
        return Error{Errc::kNotFound, "I/O APIC with this input"};
    }
    const std::uint32_t apic_id = apic_id_of_core(core);
    if (apic_id > 0xFE) {
        return Error{Errc::kNotSupported, "interrupt to an APIC ID above 254"};
    }
    controller->set(route.global_interrupt, {.vector = static_cast<std::uint8_t>(vector),
                                             .apic_id = static_cast<std::uint8_t>(apic_id),
                                             .active_low = route.active_low,
                                             .level_triggered = route.level_triggered,
                                             .masked = false});
    return {};
}

void mask_isa_interrupt(unsigned irq) {
    const std::uint32_t global_interrupt = machine().isa[irq].global_interrupt;
    if (Controller* const controller = controller_of(global_interrupt)) {
        controller->set(global_interrupt, {});
    }
}

} // namespace hermit::arch
