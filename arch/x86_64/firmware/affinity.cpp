#include <arch/firmware/affinity.hpp>

namespace hermit::arch::firmware {
namespace {

constexpr std::uint32_t kFirstEntry = kHeaderBytes + 12;
constexpr std::uint32_t kEnabled = 1;

enum EntryType : std::uint8_t { kProcessor = 0, kMemory = 1, kX2ApicProcessor = 2 };

/// Revision 1 of the table has domains of 8 bits, and reserved bytes after them.
std::uint32_t domain_of_processor(const Bytes& entry, bool wide) {
    std::uint32_t domain = entry[2];
    for (unsigned i = 0; wide && i < 3; ++i) {
        domain |= std::uint32_t{entry[9 + i]} << (8 * (i + 1));
    }
    return domain;
}

} // namespace

bool Affinity::add_domain(std::uint32_t domain) {
    unsigned at = 0;
    while (at < node_count_ && domains_[at] < domain) {
        ++at;
    }
    if (at < node_count_ && domains_[at] == domain) {
        return true;
    }
    if (node_count_ == kMaxNodes) {
        return false;
    }
    for (unsigned i = node_count_++; i > at; --i) {
        domains_[i] = domains_[i - 1];
    }
    domains_[at] = domain;
    return true;
}

unsigned Affinity::node_of_domain(std::uint32_t domain) const {
    unsigned node = 0;
    while (node + 1 < node_count_ && domains_[node] != domain) {
        ++node;
    }
    return node;
}

void Affinity::sort_ranges() {
    for (unsigned i = 1; i < range_count_; ++i) {
        const NodeRange range = ranges_[i];
        unsigned at = i;
        for (; at > 0 && ranges_[at - 1].start > range.start; --at) {
            ranges_[at] = ranges_[at - 1];
        }
        ranges_[at] = range;
    }
    unsigned kept = 0;
    std::uint64_t taken = 0; // all below belongs to somebody
    for (unsigned i = 0; i < range_count_; ++i) {
        NodeRange range = ranges_[i];
        range.start = range.start < taken ? taken : range.start;
        if (range.start < range.end) {
            taken = range.end;
            ranges_[kept++] = range;
        }
    }
    range_count_ = kept;
}

unsigned Affinity::node_of_processor(std::uint32_t apic_id) const {
    for (unsigned i = 0; i < processor_count_; ++i) {
        if (processors_[i].apic_id == apic_id) {
            return processors_[i].node;
        }
    }
    return 0;
}

unsigned Affinity::node_of_memory(std::uint64_t address) const {
    for (const NodeRange& range : ranges()) {
        if (address >= range.start && address < range.end) {
            return range.node;
        }
    }
    return 0;
}

Result<void> read_affinity(const Table& srat, Affinity& affinity) {
    affinity.node_count_ = affinity.range_count_ = affinity.processor_count_ = 0;
    const bool wide = srat.length() > 8 && srat[8] >= 2;
    bool fits = true;
    const auto add_processor = [&](std::uint32_t apic_id, std::uint32_t domain) {
        if (affinity.processor_count_ == Affinity::kMaxProcessors || !affinity.add_domain(domain)) {
            fits = false;
            return;
        }
        affinity.processors_[affinity.processor_count_++] = {apic_id, domain};
    };
    const auto add_memory = [&](std::uint64_t start, std::uint64_t bytes, std::uint32_t domain) {
        const std::uint64_t end = bytes > UINT64_MAX - start ? UINT64_MAX : start + bytes;
        if (start == end) {
            return;
        }
        if (affinity.range_count_ == Affinity::kMaxRanges || !affinity.add_domain(domain)) {
            fits = false;
            return;
        }
        affinity.ranges_[affinity.range_count_++] = {start, end, domain};
    };
    auto done = for_each_entry(
        srat, kFirstEntry, "SRAT with an impossible length", [&](auto type, const Bytes& entry) {
            const auto enabled = [&](std::uint32_t at) {
                return (entry.read<std::uint32_t>(at) & kEnabled) != 0;
            };
            if (type == kProcessor && entry.holds(0, 16) && enabled(4)) {
                add_processor(entry[3], domain_of_processor(entry, wide));
            } else if (type == kX2ApicProcessor && entry.holds(0, 24) && enabled(12)) {
                add_processor(entry.read<std::uint32_t>(8), entry.read<std::uint32_t>(4));
            } else if (type == kMemory && entry.holds(0, 40) && enabled(28)) {
                add_memory(entry.read<std::uint64_t>(8), entry.read<std::uint64_t>(16),
                           wide ? entry.read<std::uint32_t>(2) : entry[2]);
            }
        });
    if (!done || !fits || affinity.node_count_ == 0) {
        affinity.node_count_ = 1;
        affinity.range_count_ = affinity.processor_count_ = 0;
        if (!done) {
            return done;
        }
        return Error{Errc::kInvalidArgument,
                     fits ? "SRAT without entries" : "SRAT with more nodes or entries than fit"};
    }
    for (unsigned i = 0; i < affinity.range_count_; ++i) {
        affinity.ranges_[i].node = affinity.node_of_domain(affinity.ranges_[i].node);
    }
    for (unsigned i = 0; i < affinity.processor_count_; ++i) {
        affinity.processors_[i].node = affinity.node_of_domain(affinity.processors_[i].node);
    }
    affinity.sort_ranges();
    return {};
}

} // namespace hermit::arch::firmware
