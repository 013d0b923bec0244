// Memory near to a core: which node a core allocates from.
#include "kernel_space.hpp"

#include <sync/irq_guard.hpp>
#include <sync/per_core.hpp>

#include <algorithm>

namespace hermit::mm {
namespace {

constinit FrameManager::NodeRange ranges[kMaxNodeRanges] = {};

HERMIT_PER_CORE PerCore<unsigned> node_of_core;

} // namespace

void set_nodes(std::span<const NodeMemory> memory) {
    std::size_t count = 0;
    unsigned nodes = 1;
    for (const NodeMemory& of_node : memory) {
        const Range range{align_up(of_node.start, FrameManager::kFrame),
                          align_down(of_node.end, FrameManager::kFrame)};
        if (count < kMaxNodeRanges && range.start < range.end) {
            ranges[count++] = {range, of_node.node};
            nodes = std::max(nodes, std::min(of_node.node + 1, FrameManager::kMaxNodes));
        }
    }
    frames.with([=](FrameManager& manager) { manager.set_nodes({ranges, count}, preferred_node); });
    open_node_heaps(nodes);
}

unsigned preferred_node() { return node_of_core.get(); }

unsigned prefer_node(unsigned node) {
    const unsigned before = preferred_node();
    node_of_core.set(std::min(node, FrameManager::kMaxNodes - 1));
    return before;
}

unsigned node_of(unsigned core) { return node_of_core.on(per_core_distance_of(core)); }

} // namespace hermit::mm
