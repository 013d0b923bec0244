// The kernel heap's logic: slabs of equal objects for small sizes, whole pages for large ones.
#pragma once

#include <base/address.hpp>
#include <base/list.hpp>
#include <base/panic.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>

namespace hermit::mm {

/// Where the heap takes pages from: `allocate` returns page-aligned memory or null.
template <class S>
concept PageSource = requires(S source, void* pages, std::size_t bytes) {
    { source.allocate(bytes) } -> std::same_as<void*>;
    source.free(pages, bytes);
};

/// A slab is one page: a header, then objects of one size, of which a bitmap says which are free.
/// A block that is larger than any of them is a number of pages; a table of such blocks in slab
/// objects keeps their sizes. Freeing a free block always ends the system; with `kChecked`, so does
/// freeing one that was written beyond its end.
///
/// Not thread safe. Constant time but for blocks of pages, where freeing is linear in the number of
/// such blocks with the same hash.
template <PageSource Source, bool kChecked>
class SlabHeap {
  public:
    /// `number`: by which it is told from other heaps, see `owner_of`.
    constexpr explicit SlabHeap(Source source, unsigned number = 0)
        : source_{source}, number_{static_cast<std::uint16_t>(number)} {}

    /// Whether such a block would be a slab's object, and no pages of its own.
    static bool is_small(std::size_t bytes, std::size_t alignment) {
        return bytes <= kLargest && class_for(needed_for(bytes), alignment) < kClasses;
    }
    /// The number of the heap that a slab's object came from; nothing for pages.
    static std::optional<unsigned> owner_of(const void* block) {
        const auto address = reinterpret_cast<std::uintptr_t>(block);
        if (is_aligned(address, kPage)) {
            return std::nullopt;
        }
        return reinterpret_cast<const Slab*>(align_down(address, kPage))->owner;
    }

    /// At least `bytes` aligned to `alignment` (a power of two up to 4 KiB), or null.
    void* allocate(std::size_t bytes, std::size_t alignment) {
        ASSERT(is_power_of_two(alignment) && alignment <= kPage);
        if (bytes > kLargest) {
            return nullptr;
        }
        const std::size_t needed = needed_for(bytes);
        void* block = nullptr;
        std::size_t capacity = 0;
        if (const std::size_t index = class_for(needed, alignment); index < kClasses) {
            capacity = kSizes[index];
            block = allocate_object(index);
        } else {
            capacity = align_up(needed, kPage);
            block = allocate_large(capacity);
        }
        if (block != nullptr) {
            ++blocks_;
            if constexpr (kChecked) {
                seal(static_cast<char*>(block), bytes, capacity);
            }
        }
        return block;
    }

    void free(void* block) {
        const auto address = reinterpret_cast<std::uintptr_t>(block);
        --blocks_;
        if (is_aligned(address, kPage)) {
            free_large(block);
        } else {
            free_object(*reinterpret_cast<Slab*>(align_down(address, kPage)), block);
        }
    }

    /// Blocks handed out and not yet given back.
    std::size_t blocks() const { return blocks_; }
    /// Bytes of the pages taken from the source, now and at most so far.
    std::size_t page_bytes() const { return page_bytes_; }
    std::size_t peak_page_bytes() const { return peak_page_bytes_; }

  private:
    static constexpr std::size_t kPage = 4096;
    static constexpr std::size_t kLargest = SIZE_MAX / 2; // sizes can be rounded up

    /// Sizes of slab objects. An object's alignment is the lowest bit of its size.
    static constexpr std::array<std::uint16_t, 16> kSizes = {
        16, 32, 48, 64, 96, 128, 192, 256, 320, 384, 512, 576, 768, 1024, 1344, 2016};
    static constexpr std::size_t kClasses = kSizes.size();

    struct Slab {
        ListNode node; // in the list of its class while it has free objects
        std::uint16_t size_class;
        std::uint16_t capacity;
        std::uint16_t free_count;
        std::uint16_t first_offset;
        std::uint16_t owner;        // the heap's number
        std::uint64_t free_bits[4]; // one per object
    };
    static_assert(sizeof(Slab) <= 64);
    using Slabs = List<Slab, &Slab::node>;

    struct Large {
        ListNode node;
        void* pages;
        std::size_t bytes;
    };
    using Larges = List<Large, &Large::node>;
    static constexpr std::size_t kLargeLists = 16;

    /// The last bytes of a checked block; between it and the block's end lies the filler.
    struct Tail {
        std::uint64_t bytes;
        std::uint64_t mark;
    };
    static constexpr std::uint64_t kMark = 0x5AFEB10C'5AFEB10C;
    static constexpr char kFiller = static_cast<char>(0xFD);

    void* take_pages(std::size_t bytes) {
        void* const pages = source_.allocate(bytes);
        if (pages != nullptr) {
            page_bytes_ += bytes;
            peak_page_bytes_ = page_bytes_ > peak_page_bytes_ ? page_bytes_ : peak_page_bytes_;
        }
        return pages;
    }
    void give_pages(void* pages, std::size_t bytes) {
        page_bytes_ -= bytes;
        source_.free(pages, bytes);
    }

    static constexpr std::size_t needed_for(std::size_t bytes) {
        return (bytes == 0 ? 1 : bytes) + (kChecked ? sizeof(Tail) : 0);
    }
    static constexpr std::size_t alignment_of(std::size_t size) { return size & (0 - size); }

    static std::size_t class_for(std::size_t bytes, std::size_t alignment) {
        std::size_t index = 0;
        while (index < kClasses &&
               (kSizes[index] < bytes || alignment_of(kSizes[index]) < alignment)) {
            ++index;
        }
        return index;
    }

    void* allocate_object(std::size_t size_class) {
        Slab* slab = slabs_[size_class].front();
        if (slab == nullptr) {
            slab = make_slab(size_class);
            if (slab == nullptr) {
                return nullptr;
            }
        }
        unsigned word = 0;
        while (slab->free_bits[word] == 0) {
            ++word;
        }
        const auto bit = static_cast<unsigned>(std::countr_zero(slab->free_bits[word]));
        slab->free_bits[word] &= slab->free_bits[word] - 1;
        if (--slab->free_count == 0) {
            slab->node.unlink();
        }
        return reinterpret_cast<char*>(slab) + slab->first_offset +
               (word * 64 + bit) * std::size_t{kSizes[size_class]};
    }

    Slab* make_slab(std::size_t size_class) {
        void* const page = take_pages(kPage);
        if (page == nullptr) {
            return nullptr;
        }
        auto* const slab = ::new (page) Slab{};
        const std::size_t size = kSizes[size_class];
        slab->owner = number_;
        slab->size_class = static_cast<std::uint16_t>(size_class);
        slab->first_offset = static_cast<std::uint16_t>(align_up(sizeof(Slab), alignment_of(size)));
        slab->capacity = static_cast<std::uint16_t>((kPage - slab->first_offset) / size);
        slab->free_count = slab->capacity;
        for (unsigned i = 0; i < slab->capacity; ++i) {
            slab->free_bits[i / 64] |= std::uint64_t{1} << (i % 64);
        }
        slabs_[size_class].push_front(*slab);
        return slab;
    }

    void free_object(Slab& slab, void* block) {
        const std::size_t size = kSizes[slab.size_class];
        const std::size_t offset = reinterpret_cast<std::uintptr_t>(block) % kPage;
        const std::size_t index = (offset - slab.first_offset) / size;
        const std::uint64_t bit = std::uint64_t{1} << (index % 64);
        if (offset < slab.first_offset || (offset - slab.first_offset) % size != 0 ||
            index >= slab.capacity) {
            panic("kernel heap: {} is not the start of a block", block);
        }
        if ((slab.free_bits[index / 64] & bit) != 0) {
            panic("kernel heap: block {} freed twice", block);
        }
        check(static_cast<const char*>(block), size);
        slab.free_bits[index / 64] |= bit;
        if (slab.free_count++ == 0) {
            slabs_[slab.size_class].push_front(slab);
        }
        // One empty slab per class stays, so that a lone object does not come and go with a page.
        if (slab.free_count == slab.capacity &&
            slabs_[slab.size_class].front() != slabs_[slab.size_class].back()) {
            slab.node.unlink();
            give_pages(&slab, kPage);
        }
    }

    Larges& larges_of(const void* pages) {
        return larges_[(reinterpret_cast<std::uintptr_t>(pages) / kPage) % kLargeLists];
    }

    void* allocate_large(std::size_t bytes) {
        const std::size_t size_class = class_for(sizeof(Large), alignof(Large));
        void* const entry = allocate_object(size_class);
        if (entry == nullptr) {
            return nullptr;
        }
        void* const pages = take_pages(bytes);
        if (pages == nullptr) {
            release_entry(entry);
            return nullptr;
        }
        auto* const large = ::new (entry) Large{{}, pages, bytes};
        larges_of(pages).push_front(*large);
        return pages;
    }

    void free_large(void* pages) {
        for (Large& large : larges_of(pages)) {
            if (large.pages == pages) {
                const std::size_t bytes = large.bytes;
                check(static_cast<const char*>(pages), bytes);
                large.node.unlink();
                release_entry(&large);
                give_pages(pages, bytes);
                return;
            }
        }
        panic("kernel heap: block {} freed twice, or never allocated", static_cast<void*>(pages));
    }

    /// Frees a slab object that never carried a tail.
    void release_entry(void* entry) {
        if constexpr (kChecked) {
            const std::size_t size = kSizes[class_for(sizeof(Large), alignof(Large))];
            seal(static_cast<char*>(entry), size - sizeof(Tail), size);
        }
        free_object(
            *reinterpret_cast<Slab*>(align_down(reinterpret_cast<std::uintptr_t>(entry), kPage)),
            entry);
    }

    static void seal(char* block, std::size_t bytes, std::size_t capacity) {
        const std::size_t end = capacity - sizeof(Tail);
        for (std::size_t i = bytes; i < end; ++i) {
            block[i] = kFiller;
        }
        const Tail tail{bytes, kMark ^ bytes};
        __builtin_memcpy(block + end, &tail, sizeof(tail));
    }

    static void check(const char* block, std::size_t capacity) {
        if constexpr (kChecked) {
            const std::size_t end = capacity - sizeof(Tail);
            Tail tail;
            __builtin_memcpy(&tail, block + end, sizeof(tail));
            bool intact = (tail.mark ^ tail.bytes) == kMark && tail.bytes <= end;
            for (std::size_t i = tail.bytes; intact && i < end; ++i) {
                intact = block[i] == kFiller;
            }
            if (!intact) {
                panic("kernel heap: block {} was written beyond its end",
                      static_cast<const void*>(block));
            }
        }
    }

    Source source_;
    std::uint16_t number_;
    std::array<Slabs, kClasses> slabs_;
    std::array<Larges, kLargeLists> larges_;
    std::size_t blocks_ = 0;
    std::size_t page_bytes_ = 0;
    std::size_t peak_page_bytes_ = 0;
};

} // namespace hermit::mm
