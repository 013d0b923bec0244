#include "trampoline.hpp"

namespace hermit::init {
namespace {

/// Takes instructions off the code one after the other.
class Reader {
  public:
    explicit Reader(const std::uint8_t* code) : next_{code} {}

    /// Whether the next bytes are these; if so, they are taken.
    template <typename... Bytes>
    bool take(Bytes... bytes) {
        const std::uint8_t wanted[] = {static_cast<std::uint8_t>(bytes)...};
        for (std::size_t i = 0; i < sizeof wanted; ++i) {
            if (next_[i] != wanted[i]) {
                return false;
            }
        }
        next_ += sizeof wanted;
        return true;
    }

    /// A little-endian number of so many bytes.
    std::uint64_t number(unsigned bytes) {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < bytes; ++i) {
            value |= std::uint64_t{*next_++} << (8 * i);
        }
        return value;
    }

  private:
    const std::uint8_t* next_;
};

} // namespace

std::optional<Trampoline> read_trampoline(const std::uint8_t* code) {
    Reader reader{code};
    Trampoline result{};
    reader.take(0xf3, 0x0f, 0x1e, 0xfa); // endbr64, with -fcf-protection
    if (reader.take(0x41, 0xbb)) {       // mov imm32, %r11d
        result.function = reader.number(4);
    } else if (reader.take(0x49, 0xbb)) { // movabs imm64, %r11
        result.function = reader.number(8);
    } else {
        return std::nullopt;
    }
    if (!reader.take(0x49, 0xba)) { // movabs imm64, %r10
        return std::nullopt;
    }
    result.static_chain = reader.number(8);
    if (!reader.take(0x49, 0xff, 0xe3)) { // jmp *%r11
        return std::nullopt;
    }
    return result;
}

} // namespace hermit::init
