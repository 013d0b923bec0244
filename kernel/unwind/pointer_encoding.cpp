#include <unwind/pointer_encoding.hpp>

namespace hermit::unwind {

namespace {

template <typename Signed>
uint64_t extended(auto unsigned_value) {
    return static_cast<uint64_t>(static_cast<int64_t>(static_cast<Signed>(unsigned_value)));
}

} // namespace

size_t PointerEncoding::size() const {
    switch (byte_ & kFormatMask) {
    case kUdata2:
    case kSdata2: return 2;
    case kUdata4:
    case kSdata4: return 4;
    case kAbsolute:
    case kUdata8:
    case kSdata8: return 8;
    default: return 0;
    }
}

uint64_t PointerEncoding::number(ByteReader& reader) const {
    switch (byte_ & kFormatMask) {
    case kAbsolute:
    case kUdata8:
    case kSdata8: return reader.u64();
    case kUleb128: return reader.uleb();
    case kSleb128: return static_cast<uint64_t>(reader.sleb());
    case kUdata2: return reader.u16();
    case kUdata4: return reader.u32();
    case kSdata2: return extended<int16_t>(reader.u16());
    case kSdata4: return extended<int32_t>(reader.u32());
    default: reader.fail(); return 0;
    }
}

Status PointerEncoding::read(ByteReader& reader, uint64_t data_base, MemoryRef memory,
                             uint64_t& value) const {
    const uint64_t field = reader.address();
    value = number(reader);
    // A null pointer is written as plain 0, whatever the base.
    if (value != 0) {
        switch (byte_ & kBaseMask) {
        case kNoBase: break;
        case kPcRelative: value += field; break;
        case kDataRelative: value += data_base; break;
        default: reader.fail();
        }
    }
    if (!reader.ok())
        return Status::kBadCfi;
    if ((byte_ & kIndirect) != 0 && !memory.read(value, value))
        return Status::kUnreadable;
    return Status::kOk;
}

} // namespace hermit::unwind
