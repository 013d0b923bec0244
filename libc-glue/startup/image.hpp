// The image's own program headers, which lie in its first segment.
#pragma once

#include <cstddef>
#include <elf.h>
#include <span>

namespace hermit::glue {

std::span<const Elf64_Phdr> program_headers();

/// The template of thread-local storage (PT_TLS). All zero but the alignment if there is none.
struct ImageTls {
    const char* start;
    std::size_t file_bytes;
    std::size_t memory_bytes;
    std::size_t alignment;
};
ImageTls image_tls();

} // namespace hermit::glue
