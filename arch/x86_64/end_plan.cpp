#include <arch/power.hpp>

namespace hermit::arch {

EndPlan plan_end(Ending ending, bool has_exit_device, bool is_virtual,
                 const firmware::FixedHardware& hardware) {
    EndPlan plan;
    const auto add = [&](EndStep step, bool possible) {
        if (possible) {
            plan.step[plan.count++] = step;
        }
    };
    if (ending == Ending::kOff) {
        const bool has_register = hardware.pm1a_control || hardware.sleep_control;
        add(EndStep::kExitDevice, has_exit_device);
        add(EndStep::kSoftOff, hardware.soft_off.known && has_register);
    }
    if (ending == Ending::kReboot || (ending == Ending::kOff && is_virtual)) {
        add(EndStep::kResetRegister, static_cast<bool>(hardware.reset));
        add(EndStep::kKeyboardController, hardware.has_keyboard_controller);
        add(EndStep::kTripleFault, true);
    }
    add(EndStep::kHalt, true);
    return plan;
}

} // namespace hermit::arch
