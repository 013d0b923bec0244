#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace hermit::unwind {

/// The processor's registers under their DWARF numbers [sysv/amd64] figure 3.36.
///
/// Number 16 is the return address column, which holds RIP of the frame in question.
enum class Register : uint8_t {
    rax,
    rdx,
    rcx,
    rbx,
    rsi,
    rdi,
    rbp,
    rsp,
    r8,
    r9,
    r10,
    r11,
    r12,
    r13,
    r14,
    r15,
    rip,
};

inline constexpr size_t kRegisterCount = 17;

/// Register values of one frame. Where a caller-saved register was lost by a call, its value is
/// stale.
class Registers {
  public:
    constexpr uint64_t& operator[](Register r) { return values_[static_cast<size_t>(r)]; }
    constexpr uint64_t operator[](Register r) const { return values_[static_cast<size_t>(r)]; }

    /// By DWARF number, which must be below kRegisterCount.
    constexpr uint64_t& at(size_t number) { return values_[number]; }
    constexpr uint64_t at(size_t number) const { return values_[number]; }

  private:
    std::array<uint64_t, kRegisterCount> values_{};
};

} // namespace hermit::unwind
