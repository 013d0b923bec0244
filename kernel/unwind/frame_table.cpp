#include <unwind/frame_table.hpp>

#include <unwind/byte_reader.hpp>
#include <unwind/pointer_encoding.hpp>

namespace hermit::unwind {

namespace {

/// The sorted table at the end of .eh_frame_hdr: pairs of a function's start and its FDE's address.
class SearchTable {
  public:
    SearchTable(const Section& eh_frame_hdr, MemoryRef memory)
        : data_base_(eh_frame_hdr.address), memory_(memory) {
        constexpr uint8_t kVersion = 1;
        ByteReader reader(eh_frame_hdr);
        const uint8_t version = reader.u8();
        const PointerEncoding eh_frame_encoding(reader.u8());
        const PointerEncoding count_encoding(reader.u8());
        encoding_ = PointerEncoding(reader.u8());
        if (version != kVersion || count_encoding.omitted() || encoding_.omitted())
            return;

        // The pointer to .eh_frame is of no use: the caller knows that section with its end.
        if (!eh_frame_encoding.omitted())
            eh_frame_encoding.skip(reader);
        if (count_encoding.read(reader, data_base_, memory_, count_) != Status::kOk)
            return;
        const size_t entry_size = 2 * encoding_.size();
        if (entry_size == 0 || count_ > reader.remaining() / entry_size)
            return;
        entries_ = reader.take(count_ * entry_size);
        valid_ = true;
    }

    [[nodiscard]] bool valid() const { return valid_; }

    /// The address of the last FDE whose function starts at or before `pc`.
    [[nodiscard]] Status find(uint64_t pc, uint64_t& fde) const {
        uint64_t low = 0; // the wanted entry is in front of `high`, and none in front of `low` is
        uint64_t high = count_;
        while (low < high) {
            const uint64_t middle = low + (high - low) / 2;
            uint64_t start = 0;
            uint64_t ignored = 0;
            if (const Status status = entry(middle, start, ignored); status != Status::kOk)
                return status;
            if (start <= pc) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low == 0)
            return Status::kNoFde;
        uint64_t ignored = 0;
        return entry(low - 1, ignored, fde);
    }

  private:
    Status entry(uint64_t index, uint64_t& start, uint64_t& fde) const {
        ByteReader reader = entries_;
        reader.skip(index * 2 * encoding_.size());
        if (const Status status = encoding_.read(reader, data_base_, memory_, start);
            status != Status::kOk) {
            return status;
        }
        return encoding_.read(reader, data_base_, memory_, fde);
    }

    uint64_t data_base_;
    MemoryRef memory_;
    PointerEncoding encoding_;
    uint64_t count_ = 0;
    ByteReader entries_;
    bool valid_ = false;
};

} // namespace

Status find_frame(const Image& image, uint64_t pc, MemoryRef memory, FrameDescription& out) {
    const SearchTable table(image.eh_frame_hdr, memory);
    if (!table.valid())
        return Status::kBadCfi;
    uint64_t fde = 0;
    if (const Status status = table.find(pc, fde); status != Status::kOk)
        return status;
    if (const Status status = parse_frame(image.eh_frame, fde, memory, out);
        status != Status::kOk) {
        return status;
    }
    return out.covers(pc) ? Status::kOk : Status::kNoFde;
}

} // namespace hermit::unwind
