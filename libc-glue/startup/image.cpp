#include "startup/image.hpp"

#include <algorithm>
#include <link.h>

extern "C" {
extern const Elf64_Ehdr __ehdr_start; // by the linker: the image's ELF header
extern const char __text_start[];
extern const char __text_end[];
extern const char __eh_frame_hdr_start[];
}

namespace hermit::glue {

std::span<const Elf64_Phdr> program_headers() {
    const char* const file = reinterpret_cast<const char*>(&__ehdr_start);
    return {reinterpret_cast<const Elf64_Phdr*>(file + __ehdr_start.e_phoff), __ehdr_start.e_phnum};
}

ImageTls image_tls() {
    for (const Elf64_Phdr& header : program_headers()) {
        if (header.p_type == PT_TLS) {
            return {reinterpret_cast<const char*>(header.p_vaddr), header.p_filesz, header.p_memsz,
                    std::max<std::size_t>(header.p_align, 1)};
        }
    }
    return {nullptr, 0, 0, 1};
}

} // namespace hermit::glue

using hermit::glue::program_headers;

/// Where the unwinder finds the tables for an address: there is one image, so this is one
/// comparison, without a lock.
[[gnu::weak]] int _dl_find_object(void* address, dl_find_object* result) {
    if (address < __text_start || address >= __text_end) {
        return -1;
    }
    result->dlfo_flags = 0;
    result->dlfo_map_start = const_cast<char*>(__text_start);
    result->dlfo_map_end = const_cast<char*>(__text_end);
    result->dlfo_link_map = nullptr;
    result->dlfo_eh_frame = const_cast<char*>(__eh_frame_hdr_start);
    return 0;
}

/// Calls `callback` for the one object there is.
[[gnu::weak]] int dl_iterate_phdr(int (*callback)(dl_phdr_info*, size_t, void*), void* data) {
    const auto headers = program_headers();
    dl_phdr_info info{};
    info.dlpi_name = "";
    info.dlpi_phdr = headers.data();
    info.dlpi_phnum = static_cast<Elf64_Half>(headers.size());
    info.dlpi_adds = 1;
    return callback(&info, sizeof info, data);
}
