#include <arch/power.hpp>

#include <arch/cpu.hpp>

namespace hermit::arch {

void power_off(std::uint16_t exit_port) {
    disable_interrupts();
    if (exit_port != 0) {
        out32(exit_port, 0);
    }
    halt_forever();
}

} // namespace hermit::arch
