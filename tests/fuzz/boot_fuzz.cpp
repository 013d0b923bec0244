#include "input.hpp"

#include <direct_map.hpp>
#include <layout.hpp>
#include <multiboot2.hpp>
#include <pvh.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>

// The first byte chooses the protocol; the rest is the memory that the boot information lies in.

namespace {

using namespace hermit::boot;
using hermit::fuzz::check;

void check_info(const BootInfo& info) {
    check(info.memory_range_count <= kMaxMemoryRanges, "the number of ranges");
    for (std::uint32_t i = 0; i < info.memory_range_count; ++i) {
        const MemoryRange& range = info.memory[i];
        check(range.bytes != 0 && range.start + (range.bytes - 1) >= range.start, "a range");
    }
    std::size_t length = 0;
    while (length < kMaxCommandLine && info.command_line[length] != '\0') {
        ++length;
    }
    check(length < kMaxCommandLine, "the command line's end");
    wants_log(info.command_line);
    const std::uint64_t direct_map = direct_map_bytes(info);
    check(direct_map <= kReachableBytes && direct_map % 0x200000 == 0, "the direct map");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    constexpr std::uint64_t kStart = 0x1000;
    if (size == 0) {
        return 0;
    }
    const PhysicalView memory{data + 1, kStart, size - 1};
    const auto info = std::make_unique<BootInfo>();
    if (data[0] % 2 == 0) {
        parse_pvh(memory, kStart, *info);
    } else {
        parse_multiboot2(memory, kStart, 0x200000, *info);
    }
    check_info(*info);
    return 0;
}
