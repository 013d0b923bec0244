// The physical memory manager: which frames are free, and to whom the free ones are promised.
#pragma once

#include "free_list.hpp"

#include <base/address.hpp>
#include <base/result.hpp>

#include <cstdint>

namespace hermit::mm {

/// Free frames in 4 KiB granularity and the commit accounting on top of them.
///
/// A promise is memory that the application was granted but has not touched yet. Two rules keep it:
/// frames for anything else are given out only while the free ones exceed the promises, and new
/// promises are made only while a reserve for the kernel remains. Not thread safe.
class FrameManager {
  public:
    static constexpr std::uint64_t kFrame = 4 * kKiB;

    /// `window`: where physical address 0 appears (the direct map); node storage is reached there.
    explicit constexpr FrameManager(std::uint64_t window) : window_{window} {}

    /// Storage for nodes until there are frames.
    void add_nodes(void* storage, std::size_t bytes) { list_.add_nodes(storage, bytes); }

    /// Hands over usable memory, which must be reachable through the window.
    void add(Range usable);
    /// Sets how much the application leaves to the kernel. Start-up, after the last `add`.
    void set_kernel_reserve(std::uint64_t bytes) {
        kernel_reserve_ = bytes;
        lowest_free_ = free_bytes();
    }

    /// For the kernel: may use its reserve, but no promised memory. Errors: kOutOfMemory.
    Result<PhysAddr> allocate(std::uint64_t bytes, std::uint64_t alignment);
    /// For the application where nothing was promised. Errors: kOutOfMemory.
    Result<PhysAddr> allocate_unpromised(std::uint64_t bytes, std::uint64_t alignment);
    /// For a thread's stack: as unpromised memory, but half of the kernel's reserve may be used, so
    /// that a program which has eaten all memory can still call functions. Errors: kOutOfMemory.
    Result<PhysAddr> allocate_for_stack(std::uint64_t bytes, std::uint64_t alignment);
    /// Fulfils a promise. Errors: kOutOfMemory only if the memory is too fragmented.
    Result<PhysAddr> allocate_promised(std::uint64_t bytes, std::uint64_t alignment);
    /// The same for up to `most` frames of 4 KiB or 2 MiB that lie in a row. Errors: kOutOfMemory
    /// if there is not even one.
    Result<Range> allocate_promised_run(std::uint64_t frame_bytes, std::uint64_t most);
    /// Takes back a frame that was to fulfil a promise and did not: the promise stands again.
    void take_back_promised(PhysAddr start, std::uint64_t bytes) {
        free(start, bytes);
        promised_ += static_cast<std::int64_t>(bytes);
    }
    /// Gives frames back. Freeing what is free ends the system.
    void free(PhysAddr start, std::uint64_t bytes);

    /// What is asked for promised frames that somebody keeps at hand, before an allocation fails
    /// for want of them: it calls `take_back_promised`, and says whether it did.
    using Reclaim = bool (*)(FrameManager&);
    void set_reclaim(Reclaim reclaim) { reclaim_ = reclaim; }

    /// Promises memory. Errors: kOutOfMemory.
    Result<void> promise(std::uint64_t bytes);
    /// Takes a promise back, or renews one with frames that are about to be freed (`bytes`
    /// negative).
    void release_promise(std::int64_t bytes) { promised_ -= bytes; }

    std::uint64_t total_bytes() const { return total_; }
    std::uint64_t free_bytes() const {
        return list_.free_bytes() + small_.rest.bytes() + large_.rest.bytes();
    }
    /// The most that was ever in use at a time. What is in use only grows between two calls of
    /// `free`, so looking there and now finds the peak, and taking frames costs nothing.
    std::uint64_t peak_bytes() const {
        return total_ - (free_bytes() < lowest_free_ ? free_bytes() : lowest_free_);
    }
    /// What can be promised in total: all but the kernel's reserve and what the kernel uses.
    std::uint64_t promisable_bytes() const;

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

    void refill_pool();
    void give_back(Range range);
    void give_back_runs();
    bool find_more();
    bool refill(Run& run);
    Result<PhysAddr> take(std::uint64_t bytes, std::uint64_t alignment);
    Result<PhysAddr> take_next(Run& run);
    bool leaves(std::uint64_t bytes, std::int64_t rest) const {
        return bytes <= free_bytes() && static_cast<std::int64_t>(free_bytes() - bytes) >= rest;
    }

    Reclaim reclaim_ = nullptr;
    bool no_large_ = false; // nothing has been freed since the search for a large frame failed
    FreeList list_{kFrame, 2 * kMiB};
    Run small_{.frame_bytes = kFrame, .frames = 16};
    Run large_{.frame_bytes = 2 * kMiB, .frames = 64};
    std::uint64_t window_;
    std::uint64_t total_ = 0;
    std::uint64_t kernel_reserve_ = 0;
    std::uint64_t lowest_free_ = UINT64_MAX;
    /// Signed: a frame on its way back may be counted before it arrives.
    std::int64_t promised_ = 0;
};

} // namespace hermit::mm
