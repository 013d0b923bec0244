#pragma once

#include <cstdint>

#include <unwind/byte_reader.hpp>
#include <unwind/memory.hpp>
#include <unwind/pointer_encoding.hpp>
#include <unwind/section.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// What all functions that share a common information entry have in common [dwarf/5] §6.4.1.
struct CommonInformation {
    uint64_t code_alignment = 0;
    int64_t data_alignment = 0;
    uint64_t return_column = 0;
    PointerEncoding pointer_encoding;
    bool has_augmentation_data = false;
    bool is_signal_frame = false; ///< the caller was interrupted, it did not call
    ByteReader instructions;
};

/// One function's call frame information: an FDE together with its CIE.
struct FrameDescription {
    CommonInformation common;
    uint64_t begin = 0;
    uint64_t size = 0;
    ByteReader instructions;

    [[nodiscard]] bool covers(uint64_t pc) const { return pc - begin < size; }
};

/// Parses the frame description entry at `address` of .eh_frame and the common information entry
/// that it names [lsb/5.0] §10.6.1. Anything that does not fit inside the section is
/// Status::kBadCfi.
[[nodiscard]] Status parse_frame(const Section& eh_frame, uint64_t address, MemoryRef memory,
                                 FrameDescription& out);

} // namespace hermit::unwind
