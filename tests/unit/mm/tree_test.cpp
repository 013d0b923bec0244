#include <tree.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>

namespace hermit::mm {
namespace {

struct Element {
    std::uint64_t key;
    std::uint64_t weight;
    std::uint64_t max_weight = 0;
    TreeLinks<Element> links;
};
struct Traits {
    static TreeLinks<Element>& links(Element& element) { return element.links; }
    static std::uint64_t key(const Element& element) { return element.key; }
    static void summarise(Element& element) {
        element.max_weight = element.weight;
        for (const Element* child : {element.links.left, element.links.right}) {
            if (child != nullptr) {
                element.max_weight = std::max(element.max_weight, child->max_weight);
            }
        }
    }
};
using TestTree = Tree<Element, Traits>;

/// Checks order, balance and summaries; returns the number of elements.
std::size_t check(Element* node, std::uint64_t low, std::uint64_t high) {
    if (node == nullptr) {
        return 0;
    }
    EXPECT_GE(node->key, low);
    EXPECT_LE(node->key, high);
    const auto height = [](Element* child) { return child == nullptr ? 0 : child->links.height; };
    const int left = height(node->links.left);
    const int right = height(node->links.right);
    EXPECT_LE(std::abs(left - right), 1);
    EXPECT_EQ(node->links.height, 1 + std::max(left, right));
    const std::uint64_t summary = node->max_weight;
    Traits::summarise(*node);
    EXPECT_EQ(node->max_weight, summary);
    return 1 + check(node->links.left, low, node->key) + check(node->links.right, node->key, high);
}

TEST(Tree, AgreesWithMap) {
    std::mt19937 random{1};
    TestTree tree;
    std::map<std::uint64_t, std::unique_ptr<Element>> model;
    for (int step = 0; step < 20000; ++step) {
        const std::uint64_t key = random() % 500;
        const auto found = model.find(key);
        if (found == model.end()) {
            auto element = std::make_unique<Element>(Element{key, random() % 1000, 0, {}});
            tree.insert(*element);
            model.emplace(key, std::move(element));
        } else if (random() % 3 == 0) {
            found->second->weight = random() % 1000;
            tree.refresh(*found->second);
        } else {
            tree.erase(*found->second);
            model.erase(found);
        }
        const std::uint64_t probe = random() % 500;
        const auto above = model.lower_bound(probe);
        EXPECT_EQ(tree.at_or_above(probe), above == model.end() ? nullptr : above->second.get());
        const auto beyond = model.upper_bound(probe);
        EXPECT_EQ(tree.at_or_below(probe),
                  beyond == model.begin() ? nullptr : std::prev(beyond)->second.get());
        const std::uint64_t weight = random() % 1100;
        const auto heavy = std::find_if(model.begin(), model.end(), [=](const auto& entry) {
            return entry.second->weight >= weight;
        });
        EXPECT_EQ(tree.find_first([=](const Element& top) { return top.max_weight >= weight; },
                                  [=](const Element& node) { return node.weight >= weight; }),
                  heavy == model.end() ? nullptr : heavy->second.get());
        if (step % 50 == 0) {
            ASSERT_EQ(check(tree.root(), 0, 500), model.size());
        }
    }
}

TEST(Tree, HeightIsLogarithmicForSortedInput) {
    constexpr std::size_t kCount = 100000;
    std::vector<Element> elements(kCount);
    TestTree tree;
    for (std::size_t i = 0; i < kCount; ++i) {
        elements[i].key = i;
        tree.insert(elements[i]);
    }
    EXPECT_LE(tree.root()->links.height, 1.45 * std::log2(kCount) + 1);
    std::size_t count = 0;
    tree.for_each([&](const Element& element) { EXPECT_EQ(element.key, count++); });
    EXPECT_EQ(count, kCount);
}

} // namespace
} // namespace hermit::mm
