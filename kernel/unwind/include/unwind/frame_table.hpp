#pragma once

#include <cstdint>

#include <unwind/frame_description.hpp>
#include <unwind/memory.hpp>
#include <unwind/section.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// Finds the call frame information that covers `pc` by the search table in .eh_frame_hdr
/// [lsb/5.0] §10.6.2. `pc` is an address of an instruction, not one behind a call.
///
/// Status::kNoFde when nothing covers it, Status::kBadCfi when the tables contradict themselves.
[[nodiscard]] Status find_frame(const Image& image, uint64_t pc, MemoryRef memory,
                                FrameDescription& out);

} // namespace hermit::unwind
