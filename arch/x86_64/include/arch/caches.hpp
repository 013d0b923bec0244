// The processor's caches, as CPUID describes them.
#pragma once

#include <arch/topology.hpp>

#include <cstdint>

namespace hermit::arch {

enum class CacheType : std::uint8_t { kData = 1, kInstructions = 2, kUnified = 3 };

struct Cache {
    CacheType type;
    unsigned level; // from 1
    std::uint64_t bytes;
    unsigned ways;
    unsigned line_bytes;
    /// Cores whose APIC IDs differ only below this bit share the cache.
    unsigned id_shift;
};

struct Caches {
    static constexpr unsigned kMost = 8;
    Cache list[kMost];
    unsigned count = 0;

    const Cache* begin() const { return list; }
    const Cache* end() const { return list + count; }
};

/// From leaf 4 ([intel/vol2] CPUID "Deterministic Cache Parameters"), on AMD's processors from leaf
/// 0x8000001D of the same form, on their older ones from 0x80000005 and 0x80000006 ([amd/vol3]
/// §E.4), where threads of a core share the caches but the third level, which is the package's.
/// None where nothing is told.
Caches read_caches(CpuidReader read, const TopologyShifts& shifts);

/// Those of the boot core, which hold for the others too.
Caches caches();

} // namespace hermit::arch
