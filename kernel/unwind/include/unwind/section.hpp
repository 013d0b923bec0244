#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace hermit::unwind {

/// Bytes of the image together with the address at which its own pointers expect them.
///
/// In the kernel the two agree. A test or the fuzzer can place bytes at any pretended address.
struct Section {
    uint64_t address = 0;
    std::span<const uint8_t> bytes;

    /// The section between two linker symbols, where it lies.
    static Section between(const void* begin, const void* end) {
        const auto* first = static_cast<const uint8_t*>(begin);
        const auto* last = static_cast<const uint8_t*>(end);
        return {reinterpret_cast<uint64_t>(begin), {first, static_cast<size_t>(last - first)}};
    }
};

/// What the linker leaves in an image for unwinders [lsb/5.0] §10.6.
struct Image {
    Section eh_frame_hdr; ///< the sorted search table
    Section eh_frame;     ///< the call frame information itself
};

} // namespace hermit::unwind
