#pragma once

#include <cstdint>
#include <vector>

#include <unwind/registers.hpp>
#include <unwind/section.hpp>

namespace hermit::unwind::test {

/// The sections of the running test program itself, without the libraries that it uses.
Image own_image();

/// The calling thread's stack, and nothing else.
class OwnStack {
  public:
    OwnStack();
    bool read(uint64_t address, uint64_t& value) const;

  private:
    uint64_t low_ = 0;
    uint64_t high_ = 0;
};

/// The registers that a handler of a signal finds in its third argument.
Registers interrupted_registers(const void* context);

/// The program counters that libgcc's unwinder finds from the caller of this function on.
std::vector<uint64_t> reference_backtrace();

} // namespace hermit::unwind::test
