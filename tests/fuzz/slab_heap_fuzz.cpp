// Random operations on the kernel heap, its pages running out now and then: blocks are aligned,
// keep what is written into them, and at the end every page but the kept ones is given back.
#include "input.hpp"

#include <slab_heap.hpp>

#include <cstring>
#include <map>
#include <vector>

using namespace hermit;
using namespace hermit::mm;
using fuzz::check;
using fuzz::Input;

namespace {

struct Pages {
    std::map<void*, std::size_t> live;
    int until_failure = -1; // allocations that still succeed; negative: all
};

struct Source {
    Pages* pages;
    void* allocate(std::size_t bytes) {
        if (pages->until_failure >= 0 && pages->until_failure-- == 0) {
            return nullptr;
        }
        void* const block = std::aligned_alloc(4096, bytes);
        if (block != nullptr) {
            std::memset(block, 0xA5, bytes);
            pages->live[block] = bytes;
        }
        return block;
    }
    void free(void* block, std::size_t bytes) {
        const auto found = pages->live.find(block);
        check(found != pages->live.end() && found->second == bytes, "pages come back as taken");
        pages->live.erase(found);
        std::free(block);
    }
};

struct Block {
    unsigned char* start;
    std::size_t bytes;
    unsigned char pattern;
};

void release(auto& heap, const Block& block) {
    for (std::size_t i = 0; i < block.bytes; ++i) {
        check(block.start[i] == block.pattern, "a block keeps its contents");
    }
    heap.free(block.start);
}

template <bool kChecked>
void run(Input& input) {
    constexpr std::size_t kKeptSlabs = 16; // one empty slab for each size of objects
    Pages pages;
    {
        SlabHeap<Source, kChecked> heap{Source{&pages}};
        std::vector<Block> blocks;
        while (!input.empty()) {
            const unsigned operation = input.byte();
            if (operation % 16 == 0) {
                pages.until_failure = static_cast<int>(input.byte() % 8) - 1;
            } else if (operation % 3 != 0 || blocks.empty()) {
                const std::size_t bytes =
                    input.below(operation % 5 == 0 ? 20000 : 300) + (operation % 7 == 0 ? 1900 : 0);
                const std::size_t alignment = std::size_t{1} << (input.byte() % 13);
                auto* const start = static_cast<unsigned char*>(heap.allocate(bytes, alignment));
                if (start == nullptr) {
                    continue;
                }
                check(reinterpret_cast<std::uintptr_t>(start) % alignment == 0, "the alignment");
                const Block block{start, bytes, static_cast<unsigned char>(blocks.size())};
                std::memset(start, block.pattern, bytes);
                blocks.push_back(block);
            } else {
                const std::size_t index = input.below(static_cast<unsigned>(blocks.size()));
                release(heap, blocks[index]);
                blocks[index] = blocks.back();
                blocks.pop_back();
            }
            check(heap.blocks() == blocks.size(), "the number of blocks");
        }
        for (const Block& block : blocks) {
            release(heap, block);
        }
        check(heap.blocks() == 0, "no block is left");
    }
    check(pages.live.size() <= kKeptSlabs, "pages are given back");
    for (const auto& [block, bytes] : pages.live) {
        check(bytes == 4096, "only slabs are kept");
        std::free(block);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input{data, size};
    if (input.byte() % 2 == 0) {
        run<false>(input);
    } else {
        run<true>(input);
    }
    return 0;
}
