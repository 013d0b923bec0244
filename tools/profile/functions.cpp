#include "functions.hpp"

#include <algorithm>
#include <sstream>
#include <string>

namespace hermit::profile {

bool FunctionTable::read(std::istream& lines) {
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        Range range{};
        unsigned entry = 0;
        if (!(words >> std::hex >> range.start >> range.end >> std::dec >> range.function)) {
            return false;
        }
        words >> entry;
        range.is_entry = entry != 0;
        const std::uint64_t previous_end = ranges_.empty() ? 0 : ranges_.back().end;
        if (range.start < previous_end || range.start >= range.end ||
            range.function < kFirstFunction) {
            return false;
        }
        ranges_.push_back(range);
    }
    return !ranges_.empty();
}

const FunctionTable::Range* FunctionTable::find(std::uint64_t address) const {
    const auto after = std::upper_bound(
        ranges_.begin(), ranges_.end(), address,
        [](std::uint64_t value, const Range& range) { return value < range.start; });
    if (after == ranges_.begin() || address >= std::prev(after)->end) {
        return nullptr;
    }
    return &*std::prev(after);
}

} // namespace hermit::profile
