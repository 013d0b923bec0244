// Where standard output and standard error end up.
#pragma once

#include <cstddef>

namespace hermit::fs {

/// A channel to the outside.
class ConsoleSink {
  public:
    /// Sends all of `bytes`. Called by one thread at a time per sink, in thread context with
    /// interrupts on; `bytes` is application memory, so a page fault may occur.
    virtual void write(const char* bytes, std::size_t count) = 0;

  protected:
    ~ConsoleSink() = default;
};

} // namespace hermit::fs
