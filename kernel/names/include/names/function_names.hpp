// Which function an address lies in, from the names that the image brings along.
#pragma once

#include <names/format.hpp>

#include <optional>
#include <span>

namespace hermit::names {

/// Where an address lies: in the function `name`, this many bytes behind its start.
struct Place {
    char name[kLongestName + 1]; // null-terminated
    std::uint64_t offset;
};

/// Reads a table that may have been overwritten: whatever it holds, nothing outside is read and
/// every search ends. Allocates nothing. Any context.
class FunctionNames {
  public:
    constexpr FunctionNames() = default;
    /// `table` starts with a Header; what is behind the header's size is not looked at.
    explicit FunctionNames(std::span<const std::uint8_t> table);

    /// The function at or before `address`, up to which nothing else begins; nothing if the address
    /// lies outside of all code, or the table is empty or damaged. A binary search, then at most
    /// one block read.
    std::optional<Place> find(std::uint64_t address) const;

  private:
    Block block(std::uint32_t index) const;
    std::optional<std::uint32_t> block_of(std::uint64_t address) const;
    std::size_t expand(std::uint8_t code, char* to, std::size_t room) const;

    std::span<const std::uint8_t> table_;
    Header header_{};
};

} // namespace hermit::names
