// Making all processors forget translations before what they led to is used again.
#pragma once

#include <base/address.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hermit::mm {

/// The pages whose translations changed for the worse. `commit` returns when no core uses an old
/// translation any more; then, and not before, may frames behind them be freed.
class Flush {
  public:
    void add(VirtAddr page, std::uint64_t bytes);
    bool empty() const { return pages_ == 0; }
    /// Drops the translations on this core and, if there are others, on all. No lock held.
    void commit();

  private:
    /// Above this many pages a core forgets everything, which is cheaper then.
    static constexpr std::size_t kSinglePages = 32;

    std::array<std::uint64_t, kSinglePages> single_{};
    std::size_t pages_ = 0;
};

/// What an unmapping gives back, to be freed after the flush: the walker's collector. Holds a
/// limited number of pieces, so large unmappings go in several rounds.
class Unmapped {
  public:
    bool full() const { return count_ >= pieces_.size() - 1 || entries_ >= kMostEntries; }
    void page(VirtAddr page, PhysAddr frame, std::uint64_t bytes);
    void table(VirtAddr, PhysAddr frame);
    /// A page that stays, but with fewer rights.
    void changed(VirtAddr page, std::uint64_t bytes) { flush_.add(page, bytes); }

    /// Bytes of pages (not tables) collected so far.
    std::uint64_t page_bytes() const { return page_bytes_; }

    /// Flushes, then frees what was collected unless the frames belong to somebody else.
    void release(bool free_pages = true);

  private:
    struct Piece {
        PhysAddr start;
        std::uint64_t bytes;
        bool is_table;
    };
    void collect(PhysAddr start, std::uint64_t bytes, bool is_table);

    std::array<Piece, 64> pieces_{};
    /// Bounds the time for which locks are held.
    static constexpr std::size_t kMostEntries = 1024;

    std::size_t count_ = 0;
    std::size_t entries_ = 0;
    std::uint64_t page_bytes_ = 0;
    Flush flush_;
};

} // namespace hermit::mm
