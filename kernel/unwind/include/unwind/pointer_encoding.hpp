#pragma once

#include <cstddef>
#include <cstdint>

#include <unwind/byte_reader.hpp>
#include <unwind/memory.hpp>
#include <unwind/status.hpp>

namespace hermit::unwind {

/// The byte that says how a pointer in .eh_frame or .eh_frame_hdr is written [lsb/5.0] §10.5.1.
class PointerEncoding {
  public:
    static constexpr uint8_t kOmit = 0xff;

    constexpr PointerEncoding() = default;
    constexpr explicit PointerEncoding(uint8_t byte) : byte_(byte) {}

    [[nodiscard]] constexpr bool omitted() const { return byte_ == kOmit; }

    /// The same number format without base and indirection, in which an FDE's length is written.
    [[nodiscard]] constexpr PointerEncoding plain() const {
        return PointerEncoding(byte_ & kFormatMask);
    }

    /// Bytes that each such pointer takes, 0 if the length varies or the format is unknown.
    [[nodiscard]] size_t size() const;

    /// Reads a pointer; a malformed one fails the reader. `data_base` is the start of
    /// .eh_frame_hdr, to which its table refers. An indirect pointer costs one memory read.
    [[nodiscard]] Status read(ByteReader& reader, uint64_t data_base, MemoryRef memory,
                              uint64_t& value) const;

    /// Passes over a pointer without a look at what it points to.
    void skip(ByteReader& reader) const { (void)number(reader); }

  private:
    static constexpr uint8_t kFormatMask = 0x0f;
    static constexpr uint8_t kBaseMask = 0x70;
    static constexpr uint8_t kIndirect = 0x80;

    enum Format : uint8_t {
        kAbsolute = 0x00,
        kUleb128 = 0x01,
        kUdata2 = 0x02,
        kUdata4 = 0x03,
        kUdata8 = 0x04,
        kSleb128 = 0x09,
        kSdata2 = 0x0a,
        kSdata4 = 0x0b,
        kSdata8 = 0x0c,
    };

    enum Base : uint8_t { kNoBase = 0x00, kPcRelative = 0x10, kDataRelative = 0x30 };

    uint64_t number(ByteReader& reader) const;

    uint8_t byte_ = 0;
};

} // namespace hermit::unwind
