// The application's address space as regions: what is mapped where, with which rights, and where
// room for more is.
#pragma once

#include "tree.hpp"

#include <mm/app_memory.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::mm::app {

/// What is the same for all pages of a region.
struct RegionProperties {
    Protection protection;
    bool is_stack = false;
    /// Writable without being charged (MAP_NORESERVE, stacks): stays so when rights change.
    bool is_exempt = false;
    /// Its size counts against the commit limit.
    bool is_charged = false;
    /// Backed in 4 KiB pages only, as the application wished.
    bool is_small = false;
    /// Being unmapped: keeps its place until the last frame is gone, and is not mapped any more.
    bool is_dying = false;
    /// By whom: no two at the same time have the same number.
    std::uint32_t unmapper = 0;
    friend constexpr bool operator==(const RegionProperties&, const RegionProperties&) = default;
};

/// A range of addresses with the same properties. Bounds are multiples of 4 KiB.
struct Region {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    RegionProperties properties;
    TreeLinks<Region> links;
    std::uint64_t gap = 0;     // free bytes below, down to the region before or the floor
    std::uint64_t max_gap = 0; // the largest in the subtree

    std::uint64_t bytes() const { return end - start; }
};

/// Regions by address, neighbours with equal properties joined. Logarithmic; not thread safe. Does
/// not allocate: the owner provides spare nodes, of which an operation needs kSpares at most.
class RegionMap {
  public:
    static constexpr std::size_t kSpares = 2;

    constexpr RegionMap() = default;

    /// Sets the addresses between which `find_gap` looks. Before its first use.
    void set_bounds(std::uint64_t floor, std::uint64_t ceiling);

    void add_spare(Region& node);
    /// A node that is not needed any more; there must be one.
    Region& take_spare();
    std::size_t spares() const { return spare_count_; }

    /// The region that holds `address`, or null.
    Region* find(std::uint64_t address) const;
    /// The first region that ends above `address`, or null.
    Region* first_above(std::uint64_t address) const;
    Region* next(const Region& region) const { return regions_.next(region); }

    /// How many nodes `update` and `erase` need: one for each end that lies inside of a region.
    std::size_t cuts(std::uint64_t start, std::uint64_t end) const {
        return (is_inside(start) ? 1u : 0u) + (is_inside(end) ? 1u : 0u);
    }

    bool is_free(std::uint64_t start, std::uint64_t end) const;
    /// Whether the whole range is mapped.
    bool is_covered(std::uint64_t start, std::uint64_t end) const;
    /// The same, where regions that are dying count.
    bool is_covered_or_dying(std::uint64_t start, std::uint64_t end) const;
    /// The lowest place with `bytes` of room. Errors: kOutOfMemory.
    Result<std::uint64_t> find_gap(std::uint64_t bytes, std::uint64_t alignment) const;

    /// Enters a region where nothing is.
    void insert(std::uint64_t start, std::uint64_t end, const RegionProperties& properties);
    /// Takes the range out; regions that reach beyond it keep the rest.
    void erase(std::uint64_t start, std::uint64_t end);
    /// As `erase`, for regions that are dying only, by a certain one or (0) by anybody's hand.
    void erase_dying(std::uint64_t start, std::uint64_t end, std::uint32_t unmapper = 0);
    /// Calls `change(RegionProperties&)` for each part of a region in the range.
    template <class Change>
    void update(std::uint64_t start, std::uint64_t end, Change change) {
        isolate(start, end);
        for (Region* region = first_above(start); region != nullptr && region->start < end;
             region = regions_.next(*region)) {
            change(region->properties);
        }
        join(start, end);
    }
    /// Calls `visit(region, start, end)` for each part of a region in the range.
    template <class Visit>
    void for_each(std::uint64_t start, std::uint64_t end, Visit visit) const {
        for (Region* region = first_above(start); region != nullptr && region->start < end;
             region = regions_.next(*region)) {
            visit(*region, region->start > start ? region->start : start,
                  region->end < end ? region->end : end);
        }
    }

  private:
    struct Traits {
        static TreeLinks<Region>& links(Region& region) { return region.links; }
        static std::uint64_t key(const Region& region) { return region.start; }
        static void summarise(Region& region);
    };

    bool is_inside(std::uint64_t address) const {
        const Region* const region = find(address);
        return region != nullptr && region->start != address;
    }
    void isolate(std::uint64_t start, std::uint64_t end);
    void split(std::uint64_t address);
    void join(std::uint64_t start, std::uint64_t end);
    void add(std::uint64_t start, std::uint64_t end, const RegionProperties& properties);
    void remove(Region& region);
    void measure_gap(Region& region);

    Tree<Region, Traits> regions_;
    Region* spares_ = nullptr; // linked through `links.left`
    std::size_t spare_count_ = 0;
    std::uint64_t floor_ = 0;
    std::uint64_t ceiling_ = 0;
};

} // namespace hermit::mm::app
