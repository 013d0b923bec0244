// Text that runs over a display from top to bottom and then scrolls.
#pragma once

#include <screen/display.hpp>

#include <cstddef>

namespace hermit::screen {

/// Keeps what the display should show and what it does show, so that video memory, which is slow
/// to read, is only ever written, and only where a character changes. Understands newline,
/// carriage return, backspace and tab; long lines are wrapped. A character beyond ASCII (UTF-8)
/// becomes one '?', other control characters are left out.
class Terminal {
  public:
    /// Bytes of memory that a terminal on this display needs.
    static std::size_t memory_bytes(const Display& display);

    /// Clears the display. `memory` has memory_bytes() and stays.
    Terminal(Display& display, char* memory);

    /// Appends text and shows it. Allocates nothing and waits for nothing. The caller serialises;
    /// after a crash, which waits for nobody, the text may be wrong but stays within its memory.
    void write(const char* text, std::size_t bytes);

  private:
    void put(char character);
    void put_printable(char character);
    void start_line();
    void refresh();

    Display& display_;
    const unsigned columns_;
    const unsigned rows_;
    char* const wanted_;
    char* const shown_;
    unsigned column_ = 0; // columns_: the line is full, the next character starts a new one
    unsigned row_ = 0;
};

} // namespace hermit::screen
