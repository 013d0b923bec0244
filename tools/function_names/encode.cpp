#include "encode.hpp"

#include <names/format.hpp>

#include <algorithm>
#include <array>

namespace hermit::names {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// What is stored of a name: what it shares with the one before, and the rest.
struct Part {
    std::uint8_t shared;
    Bytes rest;
};

std::vector<Part> split(std::span<const Function> functions) {
    std::vector<Part> parts;
    std::string before;
    for (std::size_t i = 0; i < functions.size(); ++i) {
        if (i % kFunctionsPerBlock == 0) {
            before.clear();
        }
        const std::string name = functions[i].name.substr(0, kLongestName);
        const auto differs =
            std::mismatch(name.begin(), name.end(), before.begin(), before.end()).first;
        parts.push_back({static_cast<std::uint8_t>(differs - name.begin()), {differs, name.end()}});
        before = name;
    }
    return parts;
}

/// Replaces the most frequent pair of codes by a code that occurs nowhere, again and again.
class PairCoder {
  public:
    explicit PairCoder(std::vector<Part>& parts) : parts_{parts} {
        for (const Part& part : parts_) {
            for (const std::uint8_t code : part.rest) {
                used_[code] = true;
            }
        }
    }

    std::array<Pair, kCodes> code() {
        std::array<Pair, kCodes> pairs{};
        for (unsigned code = 1; code < kCodes; ++code) {
            if (used_[code]) {
                continue;
            }
            const Pair pair = most_frequent();
            if (pair.second == 0) {
                break;
            }
            pairs[code] = pair;
            replace(pair, static_cast<std::uint8_t>(code));
        }
        return pairs;
    }

  private:
    Pair most_frequent() const {
        constexpr std::uint32_t kWorthIt = 4; // a pair takes two bytes itself
        std::vector<std::uint32_t> counts(std::size_t{kCodes} * kCodes);
        for (const Part& part : parts_) {
            for (std::size_t i = 1; i < part.rest.size(); ++i) {
                ++counts[part.rest[i - 1] * kCodes + part.rest[i]];
            }
        }
        const auto most = std::max_element(counts.begin(), counts.end());
        if (*most < kWorthIt) {
            return {0, 0};
        }
        const auto index = static_cast<std::size_t>(most - counts.begin());
        return {static_cast<std::uint8_t>(index / kCodes),
                static_cast<std::uint8_t>(index % kCodes)};
    }

    void replace(Pair pair, std::uint8_t code) {
        for (Part& part : parts_) {
            std::size_t to = 0;
            for (std::size_t from = 0; from < part.rest.size(); ++from) {
                if (from + 1 < part.rest.size() && part.rest[from] == pair.first &&
                    part.rest[from + 1] == pair.second) {
                    part.rest[to++] = code;
                    ++from;
                } else {
                    part.rest[to++] = part.rest[from];
                }
            }
            part.rest.resize(to);
        }
    }

    std::vector<Part>& parts_;
    std::array<bool, kCodes> used_{};
};

void append_number(Bytes& to, std::uint32_t number) {
    for (; number >= 0x80; number >>= 7) {
        to.push_back(static_cast<std::uint8_t>(number | 0x80));
    }
    to.push_back(static_cast<std::uint8_t>(number));
}

template <class T>
void append(Bytes& to, const T& value) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(&value);
    to.insert(to.end(), bytes, bytes + sizeof(T));
}

} // namespace

std::vector<std::uint8_t> encode(std::span<const Function> functions) {
    if (functions.empty()) {
        Bytes empty;
        append(empty, Header{kMagic, sizeof(Header), 0, 0});
        return empty;
    }
    std::vector<Part> parts = split(functions);
    const std::array<Pair, kCodes> pairs = PairCoder{parts}.code();

    const std::size_t block_count = (parts.size() + kFunctionsPerBlock - 1) / kFunctionsPerBlock;
    const std::size_t first = sizeof(Header) + sizeof(pairs) + block_count * sizeof(Block);
    Bytes blocks;
    Bytes entries;
    std::uint32_t end = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const bool starts_block = i % kFunctionsPerBlock == 0;
        if (starts_block) {
            const auto position = static_cast<std::uint32_t>(first + entries.size());
            append(blocks, Block{functions[i].start, position});
        }
        append_number(entries, starts_block ? 0 : functions[i].start - functions[i - 1].start);
        entries.push_back(parts[i].shared);
        entries.insert(entries.end(), parts[i].rest.begin(), parts[i].rest.end());
        entries.push_back(0);
        end = std::max(end, functions[i].end);
    }

    Bytes table;
    append(table, Header{kMagic, static_cast<std::uint32_t>(first + entries.size()),
                         static_cast<std::uint32_t>(block_count), end});
    append(table, pairs);
    table.insert(table.end(), blocks.begin(), blocks.end());
    table.insert(table.end(), entries.begin(), entries.end());
    return table;
}

} // namespace hermit::names
