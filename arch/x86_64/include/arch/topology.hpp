// Which cores share a package, and which are threads of one core, as the APIC IDs tell.
#pragma once

#include <arch/cpuid.hpp>

#include <cstdint>

namespace hermit::arch {

/// An APIC ID is put together from three numbers: the thread's in its core, from bit 0; the core's
/// in its package, from bit `core`; and the package's, from bit `package`.
struct TopologyShifts {
    unsigned core = 0;
    unsigned package = 0;
};

/// The CPUID instruction, or a table of crafted leaves.
using CpuidReader = CpuidResult (*)(std::uint32_t leaf, std::uint32_t subleaf);

/// From leaf 0x1F, else 0xB ([intel/vol3] §10.9.1 "Hierarchical Mapping of Shared Resources"); on
/// AMD's older processors from leaves 0x80000008 and 0x8000001E ([amd/vol3] §E.4), on Intel's from
/// 1 and 4. Where nothing is told, every processor is a package. Never loops for long, whatever the
/// leaves say.
TopologyShifts read_topology(CpuidReader read);

struct CorePlace {
    std::uint32_t package;
    std::uint32_t core; // in its package
    std::uint32_t thread;
};

constexpr CorePlace place_of(const TopologyShifts& shifts, std::uint32_t apic_id) {
    const std::uint64_t id = apic_id; // shifts go up to 32
    const std::uint64_t in_package = id & ((std::uint64_t{1} << shifts.package) - 1);
    return {.package = static_cast<std::uint32_t>(id >> shifts.package),
            .core = static_cast<std::uint32_t>(in_package >> shifts.core),
            .thread = static_cast<std::uint32_t>(id & ((std::uint64_t{1} << shifts.core) - 1))};
}

/// Where a running core sits.
CorePlace place_of_core(unsigned core);

} // namespace hermit::arch
