#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <unwind/section.hpp>

namespace hermit::unwind {

/// Reads DWARF's primitive values in sequence and never past the end [dwarf/5] §7.6.
///
/// The first read that does not fit fails the reader for good: it and all later ones return 0, and
/// ok() is false. A parser reads a whole record and asks once.
class ByteReader {
  public:
    ByteReader() = default;
    explicit ByteReader(Section section) : section_(section) {}

    /// Starts at an address inside the section; one outside gives a failed reader.
    static ByteReader at(const Section& section, uint64_t address);

    [[nodiscard]] bool ok() const { return ok_; }
    [[nodiscard]] bool at_end() const { return !ok_ || position_ == section_.bytes.size(); }
    [[nodiscard]] size_t remaining() const { return ok_ ? section_.bytes.size() - position_ : 0; }

    /// Address, in the section's terms, of the next byte.
    [[nodiscard]] uint64_t address() const { return section_.address + position_; }

    uint8_t u8() { return fixed<uint8_t>(); }
    uint16_t u16() { return fixed<uint16_t>(); }
    uint32_t u32() { return fixed<uint32_t>(); }
    uint64_t u64() { return fixed<uint64_t>(); }

    /// LEB128. Bits beyond the 64th are dropped; a number longer than ten bytes fails.
    uint64_t uleb() { return leb().value; }
    int64_t sleb();

    void skip(uint64_t count) { (void)take(count); }

    /// Moves forwards or backwards within the bytes.
    void jump(int64_t distance);

    /// A reader of the next `count` bytes, which this one passes over.
    ByteReader take(uint64_t count);

    /// Marks the input as malformed, with the same effect as a read past the end.
    void fail() { ok_ = false; }

  private:
    struct Leb {
        uint64_t value;
        unsigned bits;
        bool negative;
    };

    Leb leb();

    template <typename T>
    T fixed() {
        T value{};
        if (remaining() < sizeof(T)) {
            fail();
            return value;
        }
        __builtin_memcpy(&value, section_.bytes.data() + position_, sizeof(T));
        position_ += sizeof(T);
        return value;
    }

    Section section_;
    size_t position_ = 0;
    bool ok_ = true;
};

} // namespace hermit::unwind
