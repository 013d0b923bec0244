// Thread-local storage: the image's template and each thread's copy of it, in the layout "variant
// II" of the x86-64 ABI: the block lies directly below the thread control block.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hermit::glue {

struct Thread;

/// The image's PT_TLS segment.
struct TlsTemplate {
    const char* image;
    std::size_t image_bytes;  // initialised part
    std::size_t memory_bytes; // with the zeroed part, a multiple of the alignment
    std::size_t alignment;    // of the thread pointer; at least 64
};
const TlsTemplate& tls_template();

/// Fills the block below `thread` with initial values. `zeroed`: the memory is fresh.
void initialize_tls(Thread& thread, bool zeroed);

} // namespace hermit::glue
