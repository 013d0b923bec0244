#include "symbols.hpp"

namespace hermit::init {
namespace {

constexpr unsigned kFunction = 2;           // STT_FUNC
constexpr unsigned kIndirectFunction = 10;  // STT_GNU_IFUNC
constexpr std::uint16_t kUndefined = 0;     // SHN_UNDEF
constexpr std::uint64_t kNear = 256 * 1024; // no function is farther from its name

} // namespace

bool SymbolTable::has_name(const ElfSymbol& symbol) const {
    for (std::uint64_t at = symbol.st_name; at < names_.size(); ++at) {
        if (names_[at] == '\0') {
            return at != symbol.st_name;
        }
    }
    return false;
}

bool SymbolTable::is_candidate(const ElfSymbol& symbol, std::uint64_t address) const {
    const unsigned type = symbol.st_info & 0xF;
    if ((type != kFunction && type != kIndirectFunction) || symbol.st_shndx == kUndefined ||
        symbol.st_value > address) {
        return false;
    }
    const std::uint64_t offset = address - symbol.st_value;
    return (symbol.st_size != 0 ? offset < symbol.st_size : offset < kNear) && has_name(symbol);
}

std::optional<Place> SymbolTable::find(std::uint64_t address) const {
    const ElfSymbol* best = nullptr;
    for (const ElfSymbol& symbol : symbols_) {
        if (!is_candidate(symbol, address)) {
            continue;
        }
        if (best == nullptr || (best->st_size == 0) > (symbol.st_size == 0) ||
            ((best->st_size == 0) == (symbol.st_size == 0) && symbol.st_value > best->st_value)) {
            best = &symbol;
        }
    }
    if (best == nullptr) {
        return std::nullopt;
    }
    return Place{names_.data() + best->st_name, address - best->st_value};
}

} // namespace hermit::init
