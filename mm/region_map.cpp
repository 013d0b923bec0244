#include "region_map.hpp"

#include <algorithm>

namespace hermit::mm::app {

void RegionMap::Traits::summarise(Region& region) {
    region.max_gap = region.gap;
    for (const Region* child : {region.links.left, region.links.right}) {
        if (child != nullptr) {
            region.max_gap = std::max(region.max_gap, child->max_gap);
        }
    }
}

void RegionMap::set_bounds(std::uint64_t floor, std::uint64_t ceiling) {
    ASSERT(regions_.empty());
    floor_ = floor;
    ceiling_ = ceiling;
}

void RegionMap::add_spare(Region& node) {
    node.links.left = spares_;
    spares_ = &node;
    ++spare_count_;
}

Region& RegionMap::take_spare() {
    ASSERT(spare_count_ != 0);
    Region& node = *spares_;
    spares_ = node.links.left;
    --spare_count_;
    return node;
}

Region* RegionMap::find(std::uint64_t address) const {
    Region* const region = regions_.at_or_below(address);
    return region != nullptr && address < region->end ? region : nullptr;
}

Region* RegionMap::first_above(std::uint64_t address) const {
    Region* const region = find(address);
    return region != nullptr ? region : regions_.at_or_above(address);
}

bool RegionMap::is_free(std::uint64_t start, std::uint64_t end) const {
    const Region* const region = first_above(start);
    return region == nullptr || region->start >= end;
}

bool RegionMap::is_covered(std::uint64_t start, std::uint64_t end) const {
    bool dying = false;
    for_each(start, end, [&](const Region& region, std::uint64_t, std::uint64_t) {
        dying = dying || region.properties.is_dying;
    });
    return !dying && is_covered_or_dying(start, end);
}

bool RegionMap::is_covered_or_dying(std::uint64_t start, std::uint64_t end) const {
    while (start < end) {
        const Region* const region = find(start);
        if (region == nullptr) {
            return false;
        }
        start = region->end;
    }
    return true;
}

Result<std::uint64_t> RegionMap::find_gap(std::uint64_t bytes, std::uint64_t alignment) const {
    if (bytes > ceiling_ - floor_) {
        return Error{Errc::kOutOfMemory, "address space is too small"};
    }
    // Addresses are plenty: a gap counts if it is large enough wherever it starts.
    const std::uint64_t enough = bytes + alignment - 4 * kKiB;
    const Region* const region =
        regions_.find_first([=](const Region& top) { return top.max_gap >= enough; },
                            [=](const Region& node) { return node.gap >= enough; });
    if (region != nullptr) {
        return align_up(std::min(region->start, ceiling_) - region->gap, alignment);
    }
    const Region* const last = regions_.at_or_below(UINT64_MAX);
    const std::uint64_t start =
        align_up(last != nullptr ? std::max(last->end, floor_) : floor_, alignment);
    if (start > ceiling_ || ceiling_ - start < bytes) {
        return Error{Errc::kOutOfMemory, "no gap in the address space is large enough"};
    }
    return start;
}

void RegionMap::insert(std::uint64_t start, std::uint64_t end, const RegionProperties& properties) {
    ASSERT(start < end && is_aligned(start | end, 4 * kKiB) && is_free(start, end));
    add(start, end, properties);
    join(start, end);
}

void RegionMap::erase(std::uint64_t start, std::uint64_t end) {
    isolate(start, end);
    while (Region* const region = first_above(start)) {
        if (region->start >= end) {
            break;
        }
        remove(*region);
    }
}

void RegionMap::erase_dying(std::uint64_t start, std::uint64_t end, std::uint32_t unmapper) {
    while (start < end) {
        const Region* const region = first_above(start);
        if (region == nullptr || region->start >= end) {
            return;
        }
        const std::uint64_t from = std::max(start, region->start);
        start = std::min(end, region->end);
        if (region->properties.is_dying &&
            (unmapper == 0 || region->properties.unmapper == unmapper)) {
            erase(from, start);
        }
    }
}

/// Makes both ends of the range region boundaries.
void RegionMap::isolate(std::uint64_t start, std::uint64_t end) {
    ASSERT(start < end && is_aligned(start | end, 4 * kKiB));
    split(start);
    split(end);
}

void RegionMap::split(std::uint64_t address) {
    Region* const region = find(address);
    if (region != nullptr && region->start != address) {
        const std::uint64_t end = region->end;
        region->end = address;
        add(address, end, region->properties);
    }
}

/// Joins equal neighbours from the region before `start` to the one after `end`.
void RegionMap::join(std::uint64_t start, std::uint64_t end) {
    Region* region = start == 0 ? nullptr : regions_.at_or_below(start - 1);
    if (region == nullptr) {
        region = regions_.at_or_above(start);
    }
    while (region != nullptr && region->start <= end) {
        Region* const after = regions_.next(*region);
        if (after != nullptr && after->start <= end && after->start == region->end &&
            after->properties == region->properties) {
            const std::uint64_t joined_end = after->end;
            remove(*after);
            region->end = joined_end;
            if (Region* const following = regions_.next(*region)) {
                measure_gap(*following);
            }
        } else {
            region = after;
        }
    }
}

void RegionMap::add(std::uint64_t start, std::uint64_t end, const RegionProperties& properties) {
    Region& region = take_spare();
    region = Region{};
    region.start = start;
    region.end = end;
    region.properties = properties;
    regions_.insert(region);
    measure_gap(region);
    if (Region* const after = regions_.next(region)) {
        measure_gap(*after);
    }
}

void RegionMap::remove(Region& region) {
    Region* const after = regions_.next(region);
    regions_.erase(region);
    add_spare(region);
    if (after != nullptr) {
        measure_gap(*after);
    }
}

void RegionMap::measure_gap(Region& region) {
    const Region* const before = regions_.previous(region);
    const std::uint64_t from = before != nullptr ? std::max(before->end, floor_) : floor_;
    const std::uint64_t to = std::min(region.start, ceiling_);
    region.gap = to > from ? to - from : 0;
    regions_.refresh(region);
}

} // namespace hermit::mm::app
