// The contents of a regular file: 4 KiB pages in a radix tree that grows with the file. What was
// never written takes no memory and reads as zeros.
#pragma once

#include <fs/environment.hpp>

#include <cstddef>
#include <cstdint>

namespace hermit::fs {

/// Not thread safe: the file's mutex protects it.
class PageTree {
  public:
    /// Offsets below this can be written. Four levels of 512 entries over 4 KiB pages.
    static constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 48;

    PageTree() = default;
    PageTree(const PageTree&) = delete;
    PageTree& operator=(const PageTree&) = delete;
    ~PageTree() { cut(0); }

    /// Copies from the pages; holes give zeros.
    void read(std::uint64_t offset, void* to, std::size_t count) const;
    /// Copies into the pages and returns how much went in before memory ran out. The range ends
    /// below kMaxBytes.
    std::size_t write(std::uint64_t offset, const void* from, std::size_t count);
    /// Gives every page of the range memory. False if it ran out.
    bool reserve(std::uint64_t offset, std::uint64_t count);
    /// Drops everything from `offset` on.
    void cut(std::uint64_t offset);

    std::uint64_t allocated_bytes() const { return pages_ * kPageBytes; }

  private:
    static constexpr unsigned kFanOut = kPageBytes / sizeof(void*);
    struct Table {
        void* entries[kFanOut];
    };

    /// Pages that a tree of `height` tables above its pages can hold.
    static std::uint64_t capacity(unsigned height) { return std::uint64_t{1} << (9 * height); }
    static unsigned slot(std::uint64_t page, unsigned level) {
        return (page >> (9 * level)) % kFanOut;
    }

    const std::byte* find(std::uint64_t page) const;
    std::byte* find_or_add(std::uint64_t page);
    void* add_zeroed();
    void drop(void* page);
    bool cut_below(void* node, unsigned height, std::uint64_t first_page);

    void* root_ = nullptr;
    unsigned height_ = 0;     // 0: the root is a page
    std::uint64_t pages_ = 0; // tables included
};

} // namespace hermit::fs
