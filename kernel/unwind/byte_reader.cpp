#include <unwind/byte_reader.hpp>

namespace hermit::unwind {

ByteReader ByteReader::at(const Section& section, uint64_t address) {
    ByteReader reader(section);
    const uint64_t offset = address - section.address;
    if (offset <= section.bytes.size()) {
        reader.position_ = offset;
    } else {
        reader.fail();
    }
    return reader;
}

ByteReader::Leb ByteReader::leb() {
    constexpr unsigned kMaxBits = 70;
    Leb result{};
    while (result.bits < kMaxBits) {
        const uint8_t byte = u8();
        const uint64_t payload = byte & 0x7f;
        if (result.bits < 64)
            result.value |= payload << result.bits;
        result.bits += 7;
        result.negative = (byte & 0x40) != 0;
        if ((byte & 0x80) == 0)
            return result;
    }
    fail();
    return {};
}

int64_t ByteReader::sleb() {
    Leb result = leb();
    if (result.negative && result.bits < 64)
        result.value |= ~uint64_t{0} << result.bits;
    return static_cast<int64_t>(result.value);
}

void ByteReader::jump(int64_t distance) {
    const uint64_t target = position_ + static_cast<uint64_t>(distance);
    if (target <= section_.bytes.size()) {
        position_ = target;
    } else {
        fail();
    }
}

ByteReader ByteReader::take(uint64_t count) {
    ByteReader part;
    if (count > remaining()) {
        fail();
        part.fail();
        return part;
    }
    part.section_ = {address(), section_.bytes.subspan(position_, count)};
    position_ += count;
    return part;
}

} // namespace hermit::unwind
