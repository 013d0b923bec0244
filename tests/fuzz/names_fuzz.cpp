#include <names/function_names.hpp>

#include <cstring>

#include "input.hpp"

// The header's magic and size are put right, so that what is behind them is reached.

using namespace hermit::names;
using hermit::fuzz::check;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < sizeof(Header)) {
        return 0;
    }
    uint8_t table[4096];
    size = size < sizeof(table) ? size : sizeof(table);
    std::memcpy(table, data, size);
    Header header;
    std::memcpy(&header, table, sizeof(header));
    header.magic = kMagic;
    header.bytes = static_cast<std::uint32_t>(size);
    std::memcpy(table, &header, sizeof(header));
    const FunctionNames names{{table, size}};
    for (const std::uint64_t address :
         {std::uint64_t{0}, std::uint64_t{0x200000}, std::uint64_t{0x200123},
          std::uint64_t{header.end} - 1, std::uint64_t{header.end}, ~std::uint64_t{0}}) {
        const auto place = names.find(address);
        check(!place || std::strlen(place->name) <= kLongestName, "the name is too long");
        check(!place || (place->offset <= address && address < header.end), "no such address");
    }
    return 0;
}
