#include "page_tables.hpp"

namespace hermit::boot {
namespace {

constexpr std::uint64_t kPage = 0x1000;
constexpr std::uint64_t kLargePage = 0x200000;
constexpr std::uint64_t kFrameMask = 0x000F'FFFF'FFFF'F000;

// Bits of an entry.
constexpr std::uint64_t kP = 1 << 0;
constexpr std::uint64_t kRW = 1 << 1;
constexpr std::uint64_t kPS = 1 << 7;
constexpr std::uint64_t kXD = std::uint64_t{1} << 63;

// Levels, by the size of what an entry covers.
constexpr unsigned kPageLevel = 0;
constexpr unsigned kLargePageLevel = 1;
constexpr unsigned kRootLevel = 3;

constexpr std::uint64_t permission_bits(Access access) {
    switch (access) {
    case Access::kReadWrite:
        return kP | kRW | kXD;
    case Access::kReadExecute:
        return kP;
    case Access::kRead:
        break;
    }
    return kP | kXD;
}

} // namespace

PageTables::PageTables(void* pool, std::uint64_t pool_physical, unsigned pages)
    : pool_{pool}, pool_physical_{pool_physical}, pages_{pages} {}

PageTables::Entry* PageTables::table_at(std::uint64_t physical) const {
    return reinterpret_cast<Entry*>(static_cast<char*>(pool_) + (physical - pool_physical_));
}

PageTables::Entry* PageTables::entry_for(std::uint64_t address, unsigned level) {
    Entry* table = table_at(pool_physical_);
    for (unsigned above = kRootLevel;; --above) {
        Entry* const entry = &table[(address >> (12 + 9 * above)) & 511];
        if (above == level) {
            return entry;
        }
        if ((*entry & kP) == 0) {
            if (used_ == pages_) {
                return nullptr;
            }
            *entry = (pool_physical_ + used_++ * kPage) | kP | kRW;
        }
        table = table_at(*entry & kFrameMask);
    }
}

bool PageTables::map(std::uint64_t address, std::uint64_t physical, std::uint64_t bytes,
                     Access access) {
    const std::uint64_t end = address + bytes;
    while (address != end) {
        const bool large =
            ((address | physical) & (kLargePage - 1)) == 0 && end - address >= kLargePage;
        Entry* const entry = entry_for(address, large ? kLargePageLevel : kPageLevel);
        if (entry == nullptr) {
            return false;
        }
        *entry = physical | permission_bits(access) | (large ? kPS : 0);
        const std::uint64_t step = large ? kLargePage : kPage;
        address += step;
        physical += step;
    }
    return true;
}

} // namespace hermit::boot
