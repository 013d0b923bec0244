#include "direct_map.hpp"

#include "layout.hpp"

namespace hermit::boot {

std::uint64_t direct_map_bytes(const BootInfo& info) {
    constexpr std::uint64_t kLargePage = 0x200000;
    std::uint64_t end = info.rsdp < kReachableBytes ? info.rsdp + 1 : 0;
    // Ranges may come in any order: go over them until nothing is added.
    for (bool grew = true; grew;) {
        grew = false;
        for (std::uint32_t i = 0; i < info.memory_range_count; ++i) {
            const MemoryRange& range = info.memory[i];
            if (range.start >= kReachableBytes) {
                continue;
            }
            const std::uint64_t room = kReachableBytes - range.start;
            const std::uint64_t range_end = range.start + (range.bytes < room ? range.bytes : room);
            const bool belongs = range.kind != MemoryKind::kReserved || range.start <= end;
            if (belongs && range_end > end) {
                end = range_end;
                grew = true;
            }
        }
    }
    return (end + kLargePage - 1) & ~(kLargePage - 1);
}

} // namespace hermit::boot
