// The physical memory manager: which frames are free, and to whom the free ones are promised.
#pragma once

#include "node_frames.hpp"

#include <base/address.hpp>
#include <base/result.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace hermit::mm {

/// Free frames in 4 KiB granularity and the commit accounting on top of them.
///
/// A promise is memory that the application was granted but has not touched yet. Two rules keep it:
/// frames for anything else are given out only while the free ones exceed the promises, and new
/// promises are made only while a reserve for the kernel remains. Not thread safe.
class FrameManager {
  public:
    static constexpr std::uint64_t kFrame = NodeFrames::kFrame;
    /// Nodes beyond are taken for the last one.
    static constexpr unsigned kMaxNodes = 16;

    /// Memory of a node.
    struct NodeRange {
        Range range{};
        unsigned node = 0;
    };

    /// `window`: where physical address 0 appears (the direct map); node storage is reached there.
    explicit constexpr FrameManager(std::uint64_t window) : window_{window} {}

    /// Storage for nodes until there are frames.
    void add_nodes(void* storage, std::size_t bytes) { nodes_[0].add_nodes(storage, bytes); }

    /// Hands over usable memory, which must be reachable through the window.
    void add(Range usable);
    /// Sets how much the application leaves to the kernel. Start-up, after the last `add`.
    void set_kernel_reserve(std::uint64_t bytes) {
        kernel_reserve_ = bytes;
        lowest_free_ = free_bytes();
    }

    /// Tells which memory belongs to which node; all other memory belongs to node 0. `ranges` are
    /// sorted, do not overlap, and stay. `preferred()` is the node for whoever allocates; others
    /// are for when it has nothing. Once, after the last `add`.
    void set_nodes(std::span<const NodeRange> ranges, unsigned (*preferred)());

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
        std::uint64_t sum = nodes_[0].free_bytes();
        for (unsigned node = 1; node < node_count_; ++node) {
            sum += nodes_[node].free_bytes();
        }
        return sum;
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
        for (const NodeFrames& node : nodes_) {
            node.for_each_free(visit);
        }
    }

  private:
    void give_back(Range range);
    bool find_more();
    Result<PhysAddr> take(std::uint64_t bytes, std::uint64_t alignment);
    Result<PhysAddr> take_from_any(std::uint64_t bytes, std::uint64_t alignment);
    /// Whether `rest` would still be free. Both can be negative: frames that somebody keeps at hand
    /// are neither free nor promised, but can be had.
    bool leaves(std::uint64_t bytes, std::int64_t rest) const {
        return bytes <= total_ &&
               static_cast<std::int64_t>(free_bytes()) - static_cast<std::int64_t>(bytes) >= rest;
    }

    Reclaim reclaim_ = nullptr;
    bool no_large_ = false; // nothing has been freed since the search for a large frame failed
    std::array<NodeFrames, kMaxNodes> nodes_;
    unsigned node_count_ = 1;
    unsigned last_node_ = 0; // from which something was taken
    std::span<const NodeRange> node_ranges_;
    unsigned (*preferred_)() = nullptr;
    std::uint64_t window_;
    std::uint64_t total_ = 0;
    std::uint64_t kernel_reserve_ = 0;
    std::uint64_t lowest_free_ = UINT64_MAX;
    /// Signed: a frame on its way back may be counted before it arrives.
    std::int64_t promised_ = 0;
};

} // namespace hermit::mm
