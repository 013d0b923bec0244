#include <names/function_names.hpp>

namespace hermit::names {
namespace {

constexpr std::size_t kPairs = sizeof(Header);
constexpr std::size_t kBlocks = kPairs + kCodes * sizeof(Pair);

template <class T>
T read(std::span<const std::uint8_t> table, std::size_t position) {
    T value;
    __builtin_memcpy(&value, table.data() + position, sizeof(T));
    return value;
}

/// Takes bytes and numbers off entries; behind the end there are zeros.
class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

    bool at_end() const { return bytes_.empty(); }

    std::uint8_t byte() {
        if (bytes_.empty()) {
            return 0;
        }
        const std::uint8_t value = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return value;
    }

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 35; shift += 7) {
            const std::uint8_t next = byte();
            value |= std::uint64_t{next & 0x7Fu} << shift;
            if ((next & 0x80) == 0) {
                break;
            }
        }
        return value;
    }

  private:
    std::span<const std::uint8_t> bytes_;
};

} // namespace

FunctionNames::FunctionNames(std::span<const std::uint8_t> table) {
    if (table.size() < sizeof(Header)) {
        return;
    }
    const auto header = read<Header>(table, 0);
    if (header.magic != kMagic || header.bytes > table.size() || header.bytes < kBlocks ||
        header.block_count > (header.bytes - kBlocks) / sizeof(Block)) {
        return;
    }
    header_ = header;
    table_ = table.first(header.bytes);
}

Block FunctionNames::block(std::uint32_t index) const {
    return read<Block>(table_, kBlocks + index * sizeof(Block));
}

/// The last block that does not begin behind the address.
std::optional<std::uint32_t> FunctionNames::block_of(std::uint64_t address) const {
    std::uint32_t low = 0;
    std::uint32_t high = header_.block_count;
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        if (block(middle).address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || address >= header_.end) {
        return std::nullopt;
    }
    return low - 1;
}

/// Writes what `code` stands for. Every step writes a character or fills the stack, so that it ends
/// in a damaged table, too.
std::size_t FunctionNames::expand(std::uint8_t code, char* to, std::size_t room) const {
    constexpr std::size_t kDepth = 64;
    std::uint8_t stack[kDepth] = {code};
    std::size_t waiting = 1;
    std::size_t written = 0;
    while (waiting != 0 && written != room) {
        const std::uint8_t next = stack[--waiting];
        const auto pair = read<Pair>(table_, kPairs + next * sizeof(Pair));
        if (pair.second == 0) {
            to[written++] = static_cast<char>(next);
        } else if (waiting + 2 <= kDepth) {
            stack[waiting++] = pair.second;
            stack[waiting++] = pair.first;
        } else {
            break;
        }
    }
    return written;
}

std::optional<Place> FunctionNames::find(std::uint64_t address) const {
    const auto index = block_of(address);
    if (!index) {
        return std::nullopt;
    }
    const Block found = block(*index);
    if (found.position > table_.size()) {
        return std::nullopt;
    }
    Reader reader{table_.subspan(found.position)};
    std::uint64_t start = found.address;
    Place place{};
    std::size_t length = 0;
    for (unsigned i = 0; i < kFunctionsPerBlock && !reader.at_end(); ++i) {
        const std::uint64_t distance = reader.number();
        if (distance > address - start) {
            break;
        }
        start += distance;
        const std::size_t shared = reader.byte();
        length = shared < length ? shared : length;
        while (const std::uint8_t code = reader.byte()) {
            length += expand(code, place.name + length, kLongestName - length);
        }
    }
    if (length == 0) {
        return std::nullopt;
    }
    place.name[length] = '\0';
    place.offset = address - start;
    return place;
}

} // namespace hermit::names
