// Random operations on the regions of the application's memory, against an array with one entry
// per page.
#include "input.hpp"

#include <region_map.hpp>

#include <algorithm>
#include <array>
#include <deque>

using namespace hermit;
using namespace hermit::mm;
using namespace hermit::mm::app;
using fuzz::check;
using fuzz::Input;

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kPages = 256;
constexpr std::uint64_t kFloor = 16;
constexpr std::uint64_t kCeiling = 240;

enum Kind : std::uint8_t { kFree, kWritable, kReadOnly, kStack, kDying };

RegionProperties properties_of(Kind kind) {
    RegionProperties properties;
    properties.protection.read = kind != kDying;
    properties.protection.write = kind == kWritable || kind == kStack;
    properties.is_stack = kind == kStack;
    properties.is_dying = kind == kDying;
    return properties;
}

using Model = std::array<Kind, kPages>;

template <class Test>
bool all(const Model& model, std::uint64_t first, std::uint64_t end, Test test) {
    for (std::uint64_t page = first; page < end; ++page) {
        if (!test(model[page])) {
            return false;
        }
    }
    return true;
}

void compare(const RegionMap& map, const Model& model) {
    std::uint64_t position = 0;
    map.for_each(0, kPages * kPage, [&](const Region& region, std::uint64_t, std::uint64_t) {
        const std::uint64_t first = region.start / kPage;
        const std::uint64_t end = region.end / kPage;
        check(first >= position && first < end, "regions are sorted and not empty");
        check(all(model, position, first, [](Kind kind) { return kind == kFree; }),
              "what lies between regions is free");
        const Kind kind = model[first];
        check(kind != kFree && all(model, first, end, [&](Kind k) { return k == kind; }),
              "a region is of one kind");
        check(region.properties == properties_of(kind), "its properties");
        check(first == 0 || model[first - 1] != kind, "equal neighbours are joined");
        position = end;
    });
    check(all(model, position, kPages, [](Kind kind) { return kind == kFree; }),
          "what lies behind the last region is free");
}

/// The first page of `length` free ones between the bounds, or kCeiling.
std::uint64_t first_gap(const Model& model, std::uint64_t length) {
    for (std::uint64_t page = kFloor; page + length <= kCeiling; ++page) {
        if (all(model, page, page + length, [](Kind kind) { return kind == kFree; })) {
            return page;
        }
    }
    return kCeiling;
}

/// A gap need only be found if it is large enough wherever it starts.
void check_gap(const RegionMap& map, const Model& model, std::uint64_t length,
               std::uint64_t alignment) {
    auto place = map.find_gap(length * kPage, alignment * kPage);
    check(place || first_gap(model, length + alignment - 1) == kCeiling,
          "find_gap finds what is there");
    if (place) {
        const std::uint64_t page = *place / kPage;
        check(page % alignment == 0 && page >= kFloor && page + length <= kCeiling,
              "the gap is aligned and between the bounds");
        check(all(model, page, page + length, [](Kind kind) { return kind == kFree; }),
              "the gap is free");
        check(alignment > 1 || page == first_gap(model, length), "the gap is the lowest");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input{data, size};
    std::deque<Region> nodes;
    RegionMap map;
    map.set_bounds(kFloor * kPage, kCeiling * kPage);
    Model model{};
    while (!input.empty()) {
        const unsigned operation = input.byte();
        const std::uint64_t length = 1 + input.below(operation % 8 == 0 ? 100 : 10);
        const std::uint64_t first = input.below(static_cast<unsigned>(kPages - length));
        const std::uint64_t end = first + length;
        const Kind kind = static_cast<Kind>(1 + input.byte() % 4);
        const bool is_free = all(model, first, end, [](Kind k) { return k == kFree; });
        // No node more than the operation is said to need.
        const std::size_t needed =
            operation / 8 % 4 == 0 ? 1 : map.cuts(first * kPage, end * kPage);
        while (map.spares() > needed) {
            map.take_spare();
        }
        while (map.spares() < needed) {
            map.add_spare(nodes.emplace_back());
        }
        check(map.is_free(first * kPage, end * kPage) == is_free, "is_free");
        check(map.is_covered(first * kPage, end * kPage) ==
                  all(model, first, end, [](Kind k) { return k != kFree && k != kDying; }),
              "is_covered");
        check(map.is_covered_or_dying(first * kPage, end * kPage) ==
                  all(model, first, end, [](Kind k) { return k != kFree; }),
              "is_covered_or_dying");
        const Region* const found = map.find(first * kPage);
        check((found != nullptr) == (model[first] != kFree), "find");
        switch (operation / 8 % 4) {
        case 0:
            if (is_free) {
                map.insert(first * kPage, end * kPage, properties_of(kind));
                std::fill(model.begin() + first, model.begin() + end, kind);
            }
            break;
        case 1:
            map.erase(first * kPage, end * kPage);
            std::fill(model.begin() + first, model.begin() + end, kFree);
            break;
        case 2:
            map.erase_dying(first * kPage, end * kPage);
            std::replace(model.begin() + first, model.begin() + end, kDying, kFree);
            break;
        default:
            map.update(first * kPage, end * kPage,
                       [&](RegionProperties& changed) { changed = properties_of(kind); });
            for (std::uint64_t page = first; page < end; ++page) {
                model[page] = model[page] == kFree ? kFree : kind;
            }
        }
        compare(map, model);

        check_gap(map, model, length, std::uint64_t{1} << (operation % 5));
    }
    return 0;
}
