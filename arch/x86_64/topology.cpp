#include <arch/topology.hpp>

#include <algorithm>
#include <bit>

namespace hermit::arch {
namespace {

constexpr std::uint32_t kExtended = 0x8000'0000;
constexpr unsigned kMaxShift = 31;

unsigned bits_for(std::uint32_t count) {
    return count <= 1 ? 0 : static_cast<unsigned>(std::bit_width(count - 1));
}

TopologyShifts ordered(unsigned core, unsigned package) {
    package = std::min(package, kMaxShift);
    return {.core = std::min(core, package), .package = package};
}

/// Leaf 0x1F or 0xB: one subleaf for each level from the thread up. False if the leaf says nothing.
bool read_levels(CpuidReader read, std::uint32_t leaf, TopologyShifts& shifts) {
    constexpr unsigned kThreadLevel = 1;
    constexpr unsigned kMaxLevels = 16;
    if (read(leaf, 0).ebx == 0) {
        return false;
    }
    unsigned core = 0;
    unsigned package = 0;
    for (std::uint32_t level = 0; level < kMaxLevels; ++level) {
        const CpuidResult told = read(leaf, level);
        const unsigned type = (told.ecx >> 8) & 0xFF;
        if (type == 0) {
            break;
        }
        const unsigned shift = told.eax & 0x1F;
        if (type == kThreadLevel) {
            core = shift;
        }
        package = std::max(package, shift); // what is above the highest level is the package
    }
    shifts = ordered(core, package);
    return true;
}

/// AMD before leaf 0xB: the size of the ID, or the number of threads in a package.
TopologyShifts read_amd(CpuidReader read, std::uint32_t highest) {
    constexpr std::uint32_t kTopologyExtensions = 1 << 22;
    const std::uint32_t sizes = read(kExtended + 8, 0).ecx;
    const unsigned id_bits = (sizes >> 12) & 0xF;
    const unsigned package = id_bits != 0 ? id_bits : bits_for((sizes & 0xFF) + 1);
    unsigned core = 0;
    if (highest >= kExtended + 0x1E && (read(kExtended + 1, 0).ecx & kTopologyExtensions) != 0) {
        core = bits_for(((read(kExtended + 0x1E, 0).ebx >> 8) & 0xFF) + 1);
    }
    return ordered(core, package);
}

/// Before leaf 0xB: how many IDs a package and its cores take up.
TopologyShifts read_counts(CpuidReader read, std::uint32_t highest) {
    constexpr std::uint32_t kSeveralThreads = 1 << 28;
    const CpuidResult basic = read(1, 0);
    if ((basic.edx & kSeveralThreads) == 0) {
        return {};
    }
    const unsigned package = bits_for((basic.ebx >> 16) & 0xFF);
    const unsigned cores = highest >= 4 ? bits_for((read(4, 0).eax >> 26) + 1) : 0;
    return ordered(package - std::min(cores, package), package);
}

} // namespace

TopologyShifts read_topology(CpuidReader read) {
    const CpuidResult root = read(0, 0);
    TopologyShifts shifts;
    for (const std::uint32_t leaf : {0x1Fu, 0xBu}) {
        if (root.eax >= leaf && read_levels(read, leaf, shifts)) {
            return shifts;
        }
    }
    constexpr std::uint32_t kAuth = 0x6874'7541; // "AuthenticAMD"
    constexpr std::uint32_t kHygo = 0x6F67'7948; // "HygonGenuine"
    const std::uint32_t highest = read(kExtended, 0).eax;
    if ((root.ebx == kAuth || root.ebx == kHygo) && highest >= kExtended + 8) {
        return read_amd(read, highest);
    }
    return read_counts(read, root.eax);
}

} // namespace hermit::arch
