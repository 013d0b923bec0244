// Frames that each core keeps at hand, so that a first touch needs no lock.
#pragma once

#include "frames.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace hermit::mm {

/// Free frames of one size that belong to one core. The core takes them with interrupts off; any
/// core may take them away when memory is out. They were taken from the manager as promised frames:
/// each stands for a part of what is promised.
class FrameSlots {
  public:
    static constexpr std::size_t kSlots = 16;

    /// A frame, or 0 if there is none. This core's.
    std::uint64_t take() {
        while (filled_ != 0) {
            // Another core may have emptied the slot. Nothing is published through it.
            if (const std::uint64_t frame =
                    slots_[--filled_].exchange(0, std::memory_order_relaxed)) [[likely]] {
                return frame;
            }
        }
        return 0;
    }
    /// Adds a frame; no more than kSlots. This core's.
    void put(std::uint64_t frame) { slots_[filled_++].store(frame, std::memory_order_relaxed); }

    /// Takes all frames away, and calls `with(frame)` for each. Any core.
    template <class Function>
    void empty(Function with) {
        for (std::atomic<std::uint64_t>& slot : slots_) {
            if (const std::uint64_t frame = slot.exchange(0, std::memory_order_relaxed)) {
                with(frame);
            }
        }
    }
    std::size_t count() const {
        std::size_t sum = 0;
        for (const std::atomic<std::uint64_t>& slot : slots_) {
            sum += slot.load(std::memory_order_relaxed) != 0 ? 1 : 0;
        }
        return sum;
    }

  private:
    std::array<std::atomic<std::uint64_t>, kSlots> slots_{};
    std::size_t filled_ = 0; // the slots from here on are empty; those below may be
};

/// A promised frame of 4 KiB or 2 MiB for this core. Interrupts off. Errors: kOutOfMemory if there
/// is none on any core.
Result<PhysAddr> take_promised(std::uint64_t bytes);

/// Gives back a frame that was not needed in the end; if it was promised, the promise stands again.
void give_back_frame(PhysAddr frame, std::uint64_t bytes, bool was_promised);

/// Bytes that cores keep at hand: free, but not in the manager.
std::uint64_t cached_frame_bytes();

/// Takes back what all cores keep at hand. With the manager's lock held. False if it was nothing.
bool reclaim_cached_frames(FrameManager& manager);

} // namespace hermit::mm
