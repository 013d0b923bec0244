#include "firmware_memory.hpp"

#include <arch/firmware/affinity.hpp>

#include <memory>

// One table, given as it is: its checksum is the finder's affair.

using namespace hermit::arch::firmware;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto affinity = std::make_unique<Affinity>();
    const bool good =
        static_cast<bool>(read_affinity({data, static_cast<std::uint32_t>(size)}, *affinity));
    check(affinity->node_count() >= 1 && affinity->node_count() <= Affinity::kMaxNodes);
    check(good || affinity->node_count() == 1);
    std::uint64_t end = 0;
    for (const NodeRange& range : affinity->ranges()) {
        check(range.start >= end && range.start < range.end && range.node < affinity->node_count());
        check(affinity->node_of_memory(range.start) == range.node);
        end = range.end;
    }
    for (std::uint32_t id = 0; id < 300; ++id) {
        check(affinity->node_of_processor(id) < affinity->node_count());
    }
    return 0;
}
