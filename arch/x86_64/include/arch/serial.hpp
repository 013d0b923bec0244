// The 16550 serial port at COM1, for output.
#pragma once

#include <cstddef>

namespace hermit::arch {

/// Sets COM1 to 115200 baud, 8N1, FIFOs on. False if there is no port.
bool initialize_serial();

/// Writes bytes, each newline preceded by a carriage return. Bounded: a port that takes no byte for
/// long loses output instead of stopping the system. Any context; the caller serialises.
void serial_write(const char* text, std::size_t bytes);

/// Waits until all that was written is on the wire: before the power goes. Bounded. Any context.
void serial_drain();

} // namespace hermit::arch
