#include "threads/tls.hpp"

#include "startup/image.hpp"

#include <base/address.hpp>

#include <algorithm>

namespace hermit::glue {

const TlsTemplate& tls_template() {
    static constinit TlsTemplate tls{};
    if (tls.alignment == 0) { // first call: at boot, by one core
        const ImageTls segment = image_tls();
        tls.image = segment.start;
        tls.image_bytes = segment.file_bytes;
        tls.memory_bytes = align_up(segment.memory_bytes, segment.alignment);
        tls.alignment = std::max<std::size_t>(segment.alignment, 64);
    }
    return tls;
}

void initialize_tls(Thread& thread, bool zeroed) {
    const TlsTemplate& tls = tls_template();
    char* const block = reinterpret_cast<char*>(&thread) - tls.memory_bytes;
    __builtin_memcpy(block, tls.image, tls.image_bytes);
    if (!zeroed) {
        __builtin_memset(block + tls.image_bytes, 0, tls.memory_bytes - tls.image_bytes);
    }
}

} // namespace hermit::glue
