// Which memory and which processors are near each other: the nodes of a NUMA machine, as the SRAT
// tells. Pure.
#pragma once

#include <arch/firmware/acpi.hpp>

#include <span>

namespace hermit::arch::firmware {

/// Physical memory of one node: [start, end).
struct NodeRange {
    std::uint64_t start;
    std::uint64_t end;
    unsigned node;
};

/// The machine's nodes. Nodes are numbered densely from 0, by rising proximity domain. A machine
/// without an SRAT is one node, which all memory belongs to. A node may lack memory, or processors.
class Affinity {
  public:
    static constexpr unsigned kMaxNodes = 64;
    static constexpr unsigned kMaxRanges = 256;
    static constexpr unsigned kMaxProcessors = 1024;

    unsigned node_count() const { return node_count_; }
    /// Sorted, none empty, no two overlapping. Memory in none of them belongs to node 0.
    std::span<const NodeRange> ranges() const { return {ranges_, range_count_}; }
    /// The node of the processor with this APIC ID; 0 if the table does not name it.
    unsigned node_of_processor(std::uint32_t apic_id) const;
    /// The node of a byte of memory; 0 if the table does not name it.
    unsigned node_of_memory(std::uint64_t address) const;

  private:
    friend Result<void> read_affinity(const Table& srat, Affinity& affinity);
    struct Processor {
        std::uint32_t apic_id;
        unsigned node;
    };
    /// While the table is read, `node` is the proximity domain.
    bool add_domain(std::uint32_t domain);
    unsigned node_of_domain(std::uint32_t domain) const;
    void sort_ranges();

    std::uint32_t domains_[kMaxNodes];
    NodeRange ranges_[kMaxRanges];
    Processor processors_[kMaxProcessors];
    unsigned node_count_ = 1;
    unsigned range_count_ = 0;
    unsigned processor_count_ = 0;
};

/// Reads the SRAT ("SRAT"): processor entries of both kinds, and memory that is enabled. Where
/// ranges overlap, the one that starts earlier keeps the part. Errors: kInvalidArgument if the
/// table makes no sense or has more nodes or entries than fit; `affinity` is then one node.
/// [acpi/6.5] §5.2.16.
Result<void> read_affinity(const Table& srat, Affinity& affinity);

} // namespace hermit::arch::firmware
