// What a page fault asks of a region, answered in advance.
#pragma once

#include "app_space.hpp"

#include <arch/paging.hpp>

namespace hermit::mm::app {

/// What is done to memory. As the page fault's error code says it. [intel/vol3] §4.7.
class Access {
  public:
    explicit constexpr Access(std::uint64_t error_code) : error_code_{error_code} {}
    constexpr bool is_write() const { return (error_code_ & kWrite) != 0; }
    constexpr bool is_fetch() const { return (error_code_ & kFetch) != 0; }

    /// The accesses that rights permit, as a set in which `is_in` looks.
    static constexpr std::uint32_t permitted_by(const Protection& rights) {
        std::uint32_t set = 0;
        for (const std::uint64_t code : {std::uint64_t{0}, kWrite, kFetch}) {
            const Access access{code};
            const bool permitted = (rights.read || rights.write || rights.execute) &&
                                   (!access.is_write() || rights.write) &&
                                   (!access.is_fetch() || rights.execute);
            set |= permitted ? 1u << access.number() : 0;
        }
        return set;
    }
    constexpr bool is_in(std::uint32_t set) const { return ((set >> number()) & 1) != 0; }

  private:
    static constexpr std::uint64_t kWrite = 1 << 1;
    static constexpr std::uint64_t kFetch = 1 << 4;
    constexpr std::uint64_t number() const { return error_code_ & (kWrite | kFetch); }

    std::uint64_t error_code_;
};

/// A region as a core remembers it, with answers to what a page fault asks.
struct KnownRegion {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint64_t large_start = 0; // the 2 MiB pages that fit in
    std::uint64_t large_end = 0;
    std::uint64_t space_state = ~std::uint64_t{0};
    std::uint64_t large_entry = 0; // but for the frame
    std::uint32_t permitted = 0;
    RegionProperties properties;

    KnownRegion() = default;
    KnownRegion(const Region& region, std::uint64_t state)
        : start{region.start}, end{region.end}, large_start{align_up(start, kLargePage)},
          large_end{align_down(end, kLargePage)}, space_state{state},
          large_entry{arch::PageTableEntry::page(PhysAddr{0},
                                                 page_attributes(region.properties.protection),
                                                 arch::Size2M::kLevel)
                          .value()},
          permitted{Access::permitted_by(region.properties.protection)}, properties{
                                                                             region.properties} {
        if (properties.is_stack || properties.is_small) {
            large_end = large_start;
        }
    }
    bool contains(VirtAddr address) const { return address.value() - start < end - start; }
    bool holds_large(VirtAddr page) const {
        return page.value() >= large_start && page.value() < large_end;
    }
};

} // namespace hermit::mm::app
