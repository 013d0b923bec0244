// Which function an address belongs to.
#pragma once

#include <cstdint>
#include <istream>
#include <vector>

namespace hermit::profile {

/// A function's number, as the table gives it, at least kFirstFunction.
using Function = std::uint64_t;
inline constexpr Function kUndecided = 0; // no function: to be found out
inline constexpr Function kOutside = 1;   // no function of the image: firmware
inline constexpr Function kFirstFunction = 2;

/// The functions of an image, read from lines `START END NUMBER [ENTRY]`, addresses in hexadecimal,
/// sorted and apart from each other. Several ranges may have the same number. ENTRY is 1 for where
/// interrupts enter.
class FunctionTable {
  public:
    struct Range {
        std::uint64_t start, end;
        Function function;
        bool is_entry;
    };

    /// False if a line is wrong.
    bool read(std::istream& lines);

    /// The range that holds `address`; null if there is none.
    const Range* find(std::uint64_t address) const;

  private:
    std::vector<Range> ranges_;
};

} // namespace hermit::profile
