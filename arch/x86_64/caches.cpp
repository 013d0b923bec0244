#include <arch/caches.hpp>

#include <bit>

namespace hermit::arch {
namespace {

constexpr std::uint32_t kExtended = 0x8000'0000;

constexpr std::uint32_t bits(std::uint32_t value, unsigned first, unsigned count) {
    return (value >> first) & ((1u << count) - 1);
}

void add(Caches& caches, const Cache& cache) {
    if (cache.bytes != 0 && caches.count < Caches::kMost) {
        caches.list[caches.count++] = cache;
    }
}

/// One subleaf for each cache.
Caches read_list(CpuidReader read, std::uint32_t leaf) {
    Caches caches;
    for (std::uint32_t index = 0; index < Caches::kMost; ++index) {
        const CpuidResult told = read(leaf, index);
        const std::uint32_t type = bits(told.eax, 0, 5);
        if (type == 0 || type > static_cast<std::uint32_t>(CacheType::kUnified)) {
            break;
        }
        const std::uint32_t sharing = bits(told.eax, 14, 12); // IDs, less one
        const unsigned line = bits(told.ebx, 0, 12) + 1;
        const unsigned partitions = bits(told.ebx, 12, 10) + 1;
        const unsigned ways = bits(told.ebx, 22, 10) + 1;
        const std::uint64_t sets = std::uint64_t{told.ecx} + 1;
        add(caches, {.type = static_cast<CacheType>(type),
                     .level = bits(told.eax, 5, 3),
                     .bytes = sets * ways * partitions * line,
                     .ways = ways,
                     .line_bytes = line,
                     .id_shift = static_cast<unsigned>(std::bit_width(sharing))});
    }
    return caches;
}

/// AMD's older leaves: one register for each cache.
Caches read_registers(CpuidReader read, const TopologyShifts& shifts) {
    constexpr std::uint64_t kKiB = 1024;
    constexpr unsigned kAll = 0xFFFF; // fully associative
    constexpr unsigned kWays[16] = {0, 1, 2, 0, 4, 0, 8, 0, 16, 0, 32, 48, 64, 96, 128, kAll};
    const CpuidResult first = read(kExtended + 5, 0);
    const CpuidResult further = read(kExtended + 6, 0);
    Caches caches;
    const auto add_first = [&](CacheType type, std::uint32_t told) {
        const unsigned ways = bits(told, 16, 8);
        add(caches, {.type = type,
                     .level = 1,
                     .bytes = bits(told, 24, 8) * kKiB,
                     .ways = ways == 0xFF ? kAll : ways,
                     .line_bytes = bits(told, 0, 8),
                     .id_shift = shifts.core});
    };
    add_first(CacheType::kData, first.ecx);
    add_first(CacheType::kInstructions, first.edx);
    add(caches, {.type = CacheType::kUnified,
                 .level = 2,
                 .bytes = bits(further.ecx, 16, 16) * kKiB,
                 .ways = kWays[bits(further.ecx, 12, 4)],
                 .line_bytes = bits(further.ecx, 0, 8),
                 .id_shift = shifts.core});
    add(caches, {.type = CacheType::kUnified,
                 .level = 3,
                 .bytes = bits(further.edx, 18, 14) * 512 * kKiB,
                 .ways = kWays[bits(further.edx, 12, 4)],
                 .line_bytes = bits(further.edx, 0, 8),
                 .id_shift = shifts.package});
    return caches;
}

} // namespace

Caches read_caches(CpuidReader read, const TopologyShifts& shifts) {
    constexpr std::uint32_t kTopologyExtensions = 1 << 22;
    if (read(0, 0).eax >= 4) {
        if (const Caches caches = read_list(read, 4); caches.count != 0) {
            return caches;
        }
    }
    const std::uint32_t highest = read(kExtended, 0).eax;
    if (highest >= kExtended + 0x1D && (read(kExtended + 1, 0).ecx & kTopologyExtensions) != 0) {
        if (const Caches caches = read_list(read, kExtended + 0x1D); caches.count != 0) {
            return caches;
        }
    }
    return highest >= kExtended + 6 ? read_registers(read, shifts) : Caches{};
}

} // namespace hermit::arch
