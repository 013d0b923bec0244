#include <fs/page_tree.hpp>

#include <algorithm>
#include <cstring>

namespace hermit::fs {

void PageTree::read(std::uint64_t offset, void* to, std::size_t count) const {
    auto* target = static_cast<std::byte*>(to);
    while (count > 0) {
        const std::size_t within = offset % kPageBytes;
        const std::size_t piece = std::min(count, kPageBytes - within);
        if (const std::byte* const page = find(offset / kPageBytes); page != nullptr) {
            memcpy(target, page + within, piece);
        } else {
            memset(target, 0, piece);
        }
        target += piece;
        offset += piece;
        count -= piece;
    }
}

std::size_t PageTree::write(std::uint64_t offset, const void* from, std::size_t count) {
    const auto* source = static_cast<const std::byte*>(from);
    std::size_t done = 0;
    while (done < count) {
        const std::size_t within = offset % kPageBytes;
        const std::size_t piece = std::min(count - done, kPageBytes - within);
        std::byte* const page = find_or_add(offset / kPageBytes);
        if (page == nullptr) {
            break;
        }
        memcpy(page + within, source + done, piece);
        offset += piece;
        done += piece;
    }
    return done;
}

bool PageTree::reserve(std::uint64_t offset, std::uint64_t count) {
    const std::uint64_t end = (offset + count + kPageBytes - 1) / kPageBytes;
    for (std::uint64_t page = offset / kPageBytes; page < end; ++page) {
        if (find_or_add(page) == nullptr) {
            return false;
        }
    }
    return true;
}

void PageTree::cut(std::uint64_t offset) {
    if (root_ == nullptr) {
        return;
    }
    const std::size_t within = offset % kPageBytes;
    if (within != 0) {
        // The rest of the last page must read as zeros if the file grows again.
        if (auto* const page = const_cast<std::byte*>(find(offset / kPageBytes)); page != nullptr) {
            memset(page + within, 0, kPageBytes - within);
        }
    }
    const std::uint64_t first_page = (offset + kPageBytes - 1) / kPageBytes;
    if (cut_below(root_, height_, first_page)) {
        root_ = nullptr;
        height_ = 0;
    }
}

const std::byte* PageTree::find(std::uint64_t page) const {
    if (root_ == nullptr || page >= capacity(height_)) {
        return nullptr;
    }
    void* node = root_;
    for (unsigned level = height_; level > 0 && node != nullptr; --level) {
        node = static_cast<Table*>(node)->entries[slot(page, level - 1)];
    }
    return static_cast<std::byte*>(node);
}

std::byte* PageTree::find_or_add(std::uint64_t page) {
    while (page >= capacity(height_)) {
        if (root_ != nullptr) {
            void* const table = add_zeroed();
            if (table == nullptr) {
                return nullptr;
            }
            static_cast<Table*>(table)->entries[0] = root_;
            root_ = table;
        }
        ++height_;
    }
    void** place = &root_;
    for (unsigned level = height_;; --level) {
        if (*place == nullptr) {
            *place = add_zeroed();
            if (*place == nullptr) {
                return nullptr;
            }
        }
        if (level == 0) {
            return static_cast<std::byte*>(*place);
        }
        place = &static_cast<Table*>(*place)->entries[slot(page, level - 1)];
    }
}

void* PageTree::add_zeroed() {
    void* const page = environment().allocate_page();
    if (page != nullptr) {
        memset(page, 0, kPageBytes);
        ++pages_;
    }
    return page;
}

void PageTree::drop(void* page) {
    environment().release_page(page);
    --pages_;
}

/// Drops the pages from `first_page` (counted from the start of `node`) on. True if `node` itself
/// has gone. The recursion is at most four deep.
bool PageTree::cut_below(void* node, unsigned height, std::uint64_t first_page) {
    if (height == 0) {
        if (first_page > 0) {
            return false;
        }
        drop(node);
        return true;
    }
    auto* const table = static_cast<Table*>(node);
    const std::uint64_t per_entry = capacity(height - 1);
    bool empty = true;
    for (unsigned i = 0; i < kFanOut; ++i) {
        void*& entry = table->entries[i];
        if (entry == nullptr) {
            continue;
        }
        const std::uint64_t start = i * per_entry;
        const std::uint64_t first_inside = first_page > start ? first_page - start : 0;
        if (first_inside < per_entry && cut_below(entry, height - 1, first_inside)) {
            entry = nullptr;
        } else {
            empty = false;
        }
    }
    if (!empty) {
        return false;
    }
    drop(table);
    return true;
}

} // namespace hermit::fs
