#include "support.hpp"

#include <fs/page_tree.hpp>

#include <algorithm>
#include <random>
#include <vector>

namespace hermit::fs {
namespace {

using PageTreeTest = test::FileSystemTest;

char byte_at(const PageTree& tree, std::uint64_t offset) {
    char byte = 'x';
    tree.read(offset, &byte, 1);
    return byte;
}

TEST_F(PageTreeTest, HolesAreZeroAndTakeNoMemory) {
    PageTree tree;
    EXPECT_EQ(byte_at(tree, 0), 0);
    EXPECT_EQ(byte_at(tree, PageTree::kMaxBytes - 1), 0);
    const char letter = 'a';
    EXPECT_EQ(tree.write(PageTree::kMaxBytes - 1, &letter, 1), 1u);
    EXPECT_EQ(byte_at(tree, PageTree::kMaxBytes - 1), 'a');
    EXPECT_EQ(byte_at(tree, PageTree::kMaxBytes - 2), 0);
    EXPECT_EQ(byte_at(tree, 0), 0);
    EXPECT_LE(tree.allocated_bytes(), 5 * kPageBytes);
}

TEST_F(PageTreeTest, GrowsAroundWhatIsThere) {
    PageTree tree;
    tree.write(0, "start", 5);
    tree.write(std::uint64_t{1} << 40, "far", 3);
    char text[5];
    tree.read(0, text, 5);
    EXPECT_EQ(std::string(text, 5), "start");
    tree.read(std::uint64_t{1} << 40, text, 3);
    EXPECT_EQ(std::string(text, 3), "far");
}

TEST_F(PageTreeTest, CutZeroesTheRestOfThePage) {
    PageTree tree;
    tree.write(0, "abcdef", 6);
    tree.cut(3);
    EXPECT_EQ(byte_at(tree, 2), 'c');
    EXPECT_EQ(byte_at(tree, 3), 0);
    tree.cut(0);
    EXPECT_EQ(tree.allocated_bytes(), 0u);
    EXPECT_EQ(test::counters().pages, 0);
}

TEST_F(PageTreeTest, StopsWhereMemoryEnds) {
    PageTree tree;
    const std::vector<char> data(10 * kPageBytes, 'd');
    test::counters().page_limit = 4; // one table, three pages
    EXPECT_EQ(tree.write(100, data.data(), data.size()), 3 * kPageBytes - 100);
    EXPECT_EQ(byte_at(tree, 3 * kPageBytes - 1), 'd');
    EXPECT_EQ(byte_at(tree, 3 * kPageBytes), 0);
}

TEST_F(PageTreeTest, BehavesLikeAVector) {
    constexpr std::size_t kBytes = 4 << 20;
    PageTree tree;
    std::vector<char> model(kBytes, 0);
    std::mt19937 random{42};
    for (int step = 0; step < 400; ++step) {
        const std::size_t offset = random() % kBytes;
        const std::size_t count = std::min<std::size_t>(random() % 20000, kBytes - offset);
        if (random() % 8 == 0) {
            tree.cut(offset);
            std::fill(model.begin() + static_cast<std::ptrdiff_t>(offset), model.end(), '\0');
        } else {
            const std::vector<char> data(count, static_cast<char>('a' + step % 26));
            ASSERT_EQ(tree.write(offset, data.data(), count), count);
            std::copy(data.begin(), data.end(),
                      model.begin() + static_cast<std::ptrdiff_t>(offset));
        }
    }
    std::vector<char> read(kBytes, 'x');
    tree.read(0, read.data(), kBytes);
    EXPECT_TRUE(read == model);
}

} // namespace
} // namespace hermit::fs
