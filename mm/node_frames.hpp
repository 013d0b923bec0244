// The free frames of one NUMA node.
#pragma once

#include "free_list.hpp"

#include <base/address.hpp>
#include <base/result.hpp>

#include <cstdint>

namespace hermit::mm {

/// Free frames in 4 KiB granularity, those of 4 KiB and 2 MiB at hand. Not thread safe.
class NodeFrames {
  public:
    static constexpr std::uint64_t kFrame = 4 * kKiB;

    /// Storage for nodes of the list until there are frames.
    void add_nodes(void* storage, std::size_t bytes) { list_.add_nodes(storage, bytes); }

    /// Enters free frames. `window`: where physical address 0 appears; node storage is reached
    /// there.
    void give(Range range, std::uint64_t window);
    /// Takes the part of the first free range that overlaps `bounds` out. Empty if none does.
    Range remove_part(Range bounds, std::uint64_t window);
    /// Contiguous frames. Errors: kOutOfMemory.
    Result<std::uint64_t> take(std::uint64_t bytes, std::uint64_t alignment, std::uint64_t window);
    /// Takes up to `bytes` that follow the frame of `frame_bytes` which was taken last. Returns how
    /// many.
    std::uint64_t take_following(std::uint64_t frame_bytes, std::uint64_t bytes);
    /// Puts the frames at hand back into the list, where they may join others. False if there were
    /// none.
    bool give_back_runs(std::uint64_t window);
    /// Whether one of the frames at hand lies in the range.
    bool has_at_hand(Range range) const { return small_.overlaps(range) || large_.overlaps(range); }

    std::uint64_t free_bytes() const {
        return list_.free_bytes() + small_.rest.bytes() + large_.rest.bytes();
    }
    template <class Visit>
    void for_each_free(Visit visit) const {
        list_.for_each(visit);
    }

  private:
    /// One operation needs one node at most; the second is for the one that a refill may need.
    static constexpr std::size_t kSpareNodes = 2;

    /// Frames of one size that were taken from the list several at a time: the next one costs a few
    /// instructions. They are free, but not in the list.
    struct Run {
        std::uint64_t frame_bytes;
        std::uint64_t frames; // at a time, fewer if there are not as many in a row
        Range rest{};

        bool overlaps(Range range) const {
            return range.start < rest.end && rest.start < range.end;
        }
    };

    void refill_pool(std::uint64_t window);
    bool refill(Run& run);
    Result<std::uint64_t> take_next(Run& run);
    Run& run_of(std::uint64_t frame_bytes) { return frame_bytes == kFrame ? small_ : large_; }

    FreeList list_{kFrame, 2 * kMiB};
    Run small_{.frame_bytes = kFrame, .frames = 16};
    Run large_{.frame_bytes = 2 * kMiB, .frames = 64};
};

} // namespace hermit::mm
