// Interrupts off for a scope.
#pragma once

#ifdef __hermit__
#include <arch/cpu.hpp>
#endif

#include <cstdint>

namespace hermit {

/// Turns interrupts off and restores the state that it found. Any context.
class IrqGuard {
  public:
#ifdef __hermit__
    IrqGuard() : flags_{arch::read_flags()} { arch::disable_interrupts(); }
    ~IrqGuard() {
        if ((flags_ & arch::kInterruptFlag) != 0) [[likely]] {
            arch::enable_interrupts();
        }
    }
#else
    IrqGuard() = default;
    ~IrqGuard() { flags_ = 0; }
#endif
    IrqGuard(const IrqGuard&) = delete;
    IrqGuard& operator=(const IrqGuard&) = delete;

  private:
    std::uint64_t flags_ = 0; // tested only on leaving, which saves instructions on a hot path
};

/// The same in thread context, where interrupts are known to be on.
class ThreadIrqGuard {
  public:
#ifdef __hermit__
    ThreadIrqGuard() { arch::disable_interrupts(); }
    ~ThreadIrqGuard() { arch::enable_interrupts(); }
#else
    ThreadIrqGuard() = default;
    ~ThreadIrqGuard() {}
#endif
    ThreadIrqGuard(const ThreadIrqGuard&) = delete;
    ThreadIrqGuard& operator=(const ThreadIrqGuard&) = delete;
};

} // namespace hermit
