// The loader's own messages, on COM1.
#pragma once

#include <cstdint>

namespace hermit::boot::console {

/// Writes "[LOADER] ", the text, and the number in hexadecimal if there is one, as one line.
void line(const char* text);
void line(const char* text, std::uint64_t number);

} // namespace hermit::boot::console
