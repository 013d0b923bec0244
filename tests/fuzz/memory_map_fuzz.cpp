// Memory maps as bad firmware might give them, against a look at each address where something can
// change.
#include "input.hpp"

#include <memory_map.hpp>

#include <base/address.hpp>

#include <set>
#include <vector>

using namespace hermit;
using namespace hermit::mm;
using fuzz::check;
using fuzz::Input;

namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kPhysicalEnd = std::uint64_t{1} << 52;

/// Numbers near each other, near powers of two, and anything.
std::uint64_t choose_address(Input& input) {
    switch (input.byte() % 4) {
    case 0:
        return input.number(2);
    case 1:
        return (std::uint64_t{1} << (input.byte() % 64)) + input.byte() - 128;
    case 2:
        return input.below(64) * kPage;
    default:
        return input.number(8);
    }
}

/// Whether an entry covers the byte at `address`.
bool covers(const boot::MemoryRange& entry, std::uint64_t address) {
    return address >= entry.start && address - entry.start < entry.bytes;
}

bool contains(const CleanMap& map, std::uint64_t address) {
    for (const Range& range : map.view()) {
        if (address >= range.start && address < range.end) {
            return true;
        }
    }
    return false;
}

void check_form(const CleanMap& map, std::uint64_t alignment) {
    std::uint64_t last = 0;
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < map.count; ++i) {
        const Range& range = map.ranges[i];
        check(range.start < range.end && range.start % alignment == 0 && range.end % alignment == 0,
              "a range is aligned and not empty");
        check(i == 0 || range.start > last, "ranges are sorted and do not touch");
        last = range.end;
        sum += range.bytes();
    }
    check(sum == map.bytes(), "the sum of bytes");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input{data, size};
    std::vector<boot::MemoryRange> entries;
    while (!input.empty() && entries.size() < boot::kMaxMemoryRanges) {
        boot::MemoryRange entry{};
        entry.start = choose_address(input);
        entry.bytes = choose_address(input);
        entry.kind =
            input.byte() % 2 == 0 ? boot::MemoryKind::kUsable : boot::MemoryKind::kReserved;
        entries.push_back(entry);
    }
    CleanMap usable;
    clean_usable(entries, usable);
    check_form(usable, kPage);
    CleanMap covered;
    cover_all(entries, 2 * kMiB, covered);
    check_form(covered, 2 * kMiB);

    // A page is usable exactly if its first and last byte, and every edge inside, are.
    std::set<std::uint64_t> pages{0};
    for (const auto& entry : entries) {
        for (const std::uint64_t edge : {entry.start, entry.start + entry.bytes}) {
            for (const std::uint64_t page : {edge - kPage, edge, edge + kPage}) {
                if (page < kPhysicalEnd) {
                    pages.insert(align_down(page, kPage));
                }
            }
        }
    }
    for (const std::uint64_t page : pages) {
        std::set<std::uint64_t> probes{page, page + kPage - 1};
        for (const auto& entry : entries) {
            for (const std::uint64_t edge : {entry.start, entry.start + entry.bytes}) {
                for (const std::uint64_t probe : {edge - 1, edge}) {
                    if (probe >= page && probe < page + kPage) {
                        probes.insert(probe);
                    }
                }
            }
        }
        bool is_usable = true;
        for (const std::uint64_t probe : probes) {
            bool described = false;
            for (const auto& entry : entries) {
                if (covers(entry, probe)) {
                    described = true;
                    is_usable = is_usable && entry.kind == boot::MemoryKind::kUsable;
                    check(contains(covered, probe), "what is described is covered");
                }
            }
            is_usable = is_usable && described;
        }
        check(contains(usable, page) == is_usable, "a page is usable if all accounts say so");
    }
    return 0;
}
