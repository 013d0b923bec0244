#include <unwind/frame_description.hpp>

namespace hermit::unwind {

namespace {

/// The contents of the entry that starts at `address`, behind its length field.
ByteReader entry_at(const Section& eh_frame, uint64_t address) {
    constexpr uint32_t kExtendedLength = 0xffff'ffff;
    ByteReader reader = ByteReader::at(eh_frame, address);
    uint64_t length = reader.u32();
    if (length == kExtendedLength)
        length = reader.u64();
    if (length == 0)
        reader.fail(); // the terminator, which nothing may refer to
    return reader.take(length);
}

/// Reads the augmentation data that the letters of a 'z' augmentation describe.
///
/// A letter that is not known makes the rest unintelligible, possibly the pointer encoding: refuse.
void parse_augmentation(ByteReader letters, ByteReader data, CommonInformation& out) {
    while (!letters.at_end()) {
        switch (letters.u8()) {
        case 'L': data.skip(1); break; // how the FDE's language-specific data is encoded
        case 'P': PointerEncoding(data.u8()).skip(data); break; // personality routine
        case 'R': out.pointer_encoding = PointerEncoding(data.u8()); break;
        case 'S': out.is_signal_frame = true; break;
        default: out.instructions.fail();
        }
    }
    if (!data.ok())
        out.instructions.fail();
}

/// Passes over a zero-terminated string and returns its characters.
ByteReader take_string(ByteReader& reader) {
    ByteReader scan = reader;
    uint64_t length = 0;
    while (scan.ok() && scan.u8() != 0)
        ++length;
    ByteReader characters = reader.take(length);
    reader.skip(1);
    return characters;
}

Status parse_common(const Section& eh_frame, uint64_t address, CommonInformation& out) {
    ByteReader reader = entry_at(eh_frame, address);
    const uint32_t id = reader.u32();
    const uint8_t version = reader.u8();
    if (!reader.ok() || id != 0 || (version != 1 && version != 3))
        return Status::kBadCfi;

    ByteReader letters = take_string(reader);
    out = {};
    out.code_alignment = reader.uleb();
    out.data_alignment = reader.sleb();
    out.return_column = version == 1 ? reader.u8() : reader.uleb();

    ByteReader augmentation;
    if (!letters.at_end()) {
        // Without the leading 'z' (GCC 2's "eh") the length of what follows is not known.
        if (letters.u8() != 'z')
            return Status::kBadCfi;
        out.has_augmentation_data = true;
        augmentation = reader.take(reader.uleb());
    }
    out.instructions = reader;
    parse_augmentation(letters, augmentation, out);
    return out.instructions.ok() ? Status::kOk : Status::kBadCfi;
}

} // namespace

Status parse_frame(const Section& eh_frame, uint64_t address, MemoryRef memory,
                   FrameDescription& out) {
    ByteReader reader = entry_at(eh_frame, address);
    const uint64_t field = reader.address();
    const uint32_t distance = reader.u32();
    // Distance 0 is the mark of a common information entry.
    if (!reader.ok() || distance == 0)
        return Status::kBadCfi;
    if (const Status status = parse_common(eh_frame, field - distance, out.common);
        status != Status::kOk) {
        return status;
    }

    const PointerEncoding encoding = out.common.pointer_encoding;
    constexpr uint64_t kNoDataBase = 0; // data-relative pointers occur in .eh_frame_hdr only
    if (const Status status = encoding.read(reader, kNoDataBase, memory, out.begin);
        status != Status::kOk) {
        return status;
    }
    if (const Status status = encoding.plain().read(reader, kNoDataBase, memory, out.size);
        status != Status::kOk) {
        return status;
    }
    if (out.common.has_augmentation_data)
        reader.skip(reader.uleb());
    out.instructions = reader;
    return reader.ok() ? Status::kOk : Status::kBadCfi;
}

} // namespace hermit::unwind
