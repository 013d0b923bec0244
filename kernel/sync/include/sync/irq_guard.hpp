// Interrupts off for a scope.
#pragma once

#ifdef __hermit__
#include <arch/cpu.hpp>
#endif

namespace hermit {

/// Turns interrupts off and restores the state that it found. Any context.
class IrqGuard {
  public:
#ifdef __hermit__
    IrqGuard() : enabled_{arch::interrupts_enabled()} { arch::disable_interrupts(); }
    ~IrqGuard() {
        if (enabled_) {
            arch::enable_interrupts();
        }
    }
#else
    IrqGuard() = default;
    ~IrqGuard() { enabled_ = false; }
#endif
    IrqGuard(const IrqGuard&) = delete;
    IrqGuard& operator=(const IrqGuard&) = delete;

  private:
    bool enabled_ = false;
};

} // namespace hermit
