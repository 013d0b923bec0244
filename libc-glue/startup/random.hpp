// Random numbers for the system's own needs.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::glue {

/// A random word; see `random_bytes` for how good it is.
std::uint64_t random_word();

/// Fills memory with random bytes: RDRAND's where the processor has it, else those of ChaCha20
/// keyed with the jitter of the time-stamp counter, which is much weaker and said so in the log.
void random_bytes(void* buffer, std::size_t bytes);

} // namespace hermit::glue
