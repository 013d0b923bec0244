#include <slab_heap.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <set>

namespace hermit::mm {
namespace {

/// Pages from the host, with a count and a limit.
struct HostPages {
    struct State {
        std::size_t pages = 0;
        std::size_t limit = SIZE_MAX;
        std::set<void*> blocks;
        ~State() {
            for (void* const block : blocks) {
                std::free(block);
            }
        }
    };
    State* state;
    void* allocate(std::size_t bytes) const {
        if (state->pages + bytes / 4096 > state->limit) {
            return nullptr;
        }
        state->pages += bytes / 4096;
        return *state->blocks.insert(std::aligned_alloc(4096, bytes)).first;
    }
    void free(void* pages, std::size_t bytes) const {
        state->pages -= bytes / 4096;
        state->blocks.erase(pages);
        std::free(pages);
    }
};
static_assert(PageSource<HostPages>);

template <class Checked>
class SlabHeapTest : public testing::Test {
  protected:
    HostPages::State state;
    SlabHeap<HostPages, Checked::value> heap{HostPages{&state}};
};
using Variants = testing::Types<std::false_type, std::true_type>;
TYPED_TEST_SUITE(SlabHeapTest, Variants);

TYPED_TEST(SlabHeapTest, SmallBlocksKnowTheirHeap) {
    using Heap = SlabHeap<HostPages, TypeParam::value>;
    Heap other{HostPages{&this->state}, 7};
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{48}, std::size_t{1900}}) {
        ASSERT_TRUE(Heap::is_small(bytes, 16));
        void* const ours = this->heap.allocate(bytes, 16);
        void* const others = other.allocate(bytes, 16);
        EXPECT_EQ(Heap::owner_of(ours), 0u);
        EXPECT_EQ(Heap::owner_of(others), 7u);
        this->heap.free(ours);
        other.free(others);
    }
    EXPECT_FALSE(Heap::is_small(4096, 16));
    EXPECT_FALSE(Heap::is_small(16, 4096));
    void* const pages = other.allocate(4096, 16);
    EXPECT_FALSE(Heap::owner_of(pages).has_value());
    other.free(pages);
}

TYPED_TEST(SlabHeapTest, PagesAreCountedWithTheirPeak) {
    EXPECT_EQ(this->heap.page_bytes(), 0u);
    void* const small = this->heap.allocate(40, 16);
    void* const large = this->heap.allocate(20000, 16);
    EXPECT_EQ(this->heap.page_bytes(), this->state.pages * 4096);
    const std::size_t peak = this->heap.page_bytes();
    this->heap.free(large);
    this->heap.free(small);
    EXPECT_EQ(this->heap.page_bytes(), this->state.pages * 4096);
    EXPECT_LT(this->heap.page_bytes(), peak);
    EXPECT_EQ(this->heap.peak_page_bytes(), peak);
}

TYPED_TEST(SlabHeapTest, BlocksAreAlignedDistinctAndKeepTheirContents) {
    struct Block {
        std::size_t bytes;
        unsigned char mark;
    };
    std::map<unsigned char*, Block> blocks;
    std::mt19937 random{3};
    for (int step = 0; step < 20000; ++step) {
        if (random() % 2 == 0 && blocks.size() < 2000) {
            const std::size_t bytes = random() % (random() % 20 == 0 ? 20000 : 2500);
            const std::size_t alignment = std::size_t{1} << (random() % 13);
            auto* const block = static_cast<unsigned char*>(this->heap.allocate(bytes, alignment));
            ASSERT_NE(block, nullptr);
            ASSERT_TRUE(is_aligned(reinterpret_cast<std::uint64_t>(block), alignment));
            const auto mark = static_cast<unsigned char>(random());
            std::memset(block, mark, bytes);
            ASSERT_TRUE(blocks.emplace(block, Block{bytes, mark}).second);
        } else if (!blocks.empty()) {
            auto found = std::next(blocks.begin(), static_cast<long>(random() % blocks.size()));
            for (std::size_t i = 0; i < found->second.bytes; ++i) {
                ASSERT_EQ(found->first[i], found->second.mark);
            }
            this->heap.free(found->first);
            blocks.erase(found);
        }
        ASSERT_EQ(this->heap.blocks(), blocks.size());
    }
    for (const auto& [block, contents] : blocks) {
        this->heap.free(block);
    }
    EXPECT_LE(this->state.pages, 16u) << "at most one slab per class stays";
}

TYPED_TEST(SlabHeapTest, SmallBlocksAreNotRoundedToPages) {
    for (int i = 0; i < 100; ++i) {
        ASSERT_NE(this->heap.allocate(16, 16), nullptr);
    }
    EXPECT_EQ(this->state.pages, 1u);
}

TYPED_TEST(SlabHeapTest, OutOfMemoryIsNull) {
    this->state.limit = 2;
    EXPECT_EQ(this->heap.allocate(3 * 4096, 16), nullptr);
    EXPECT_EQ(this->heap.allocate(SIZE_MAX - 20, 16), nullptr);
    EXPECT_EQ(this->heap.allocate(SIZE_MAX, 16), nullptr);
    EXPECT_NE(this->heap.allocate(100, 16), nullptr);
    EXPECT_EQ(this->heap.allocate(500, 16), nullptr);
}

TYPED_TEST(SlabHeapTest, DoubleFreeEndsTheSystem) {
    for (const std::size_t bytes : {40u, 5000u}) {
        void* const block = this->heap.allocate(bytes, 16);
        void* const other = this->heap.allocate(bytes, 16);
        this->heap.free(block);
        EXPECT_DEATH(this->heap.free(block), "freed twice");
        this->heap.free(other);
    }
}

TYPED_TEST(SlabHeapTest, FreeingTheMiddleOfABlockEndsTheSystem) {
    auto* const block = static_cast<char*>(this->heap.allocate(100, 16));
    EXPECT_DEATH(this->heap.free(block + 16), "not the start");
}

using CheckedHeapTest = SlabHeapTest<std::true_type>;

TEST_F(CheckedHeapTest, WritingBeyondTheEndEndsTheSystem) {
    for (const std::size_t bytes : {1u, 15u, 40u, 1000u, 4096u, 9000u}) {
        auto* const block = static_cast<char*>(heap.allocate(bytes, 16));
        ++block[bytes];
        EXPECT_DEATH(heap.free(block), "written beyond its end") << bytes;
        --block[bytes];
        heap.free(block);
    }
}

} // namespace
} // namespace hermit::mm
