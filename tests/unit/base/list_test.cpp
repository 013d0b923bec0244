#include <base/list.hpp>

#include <gtest/gtest.h>

namespace hermit {
namespace {

struct Item {
    explicit Item(int n) : number{n} {}
    int number;
    ListNode node;
};
using Items = List<Item, &Item::node>;

TEST(List, KeepsOrder) {
    Items list;
    Item a{1};
    Item b{2};
    Item c{3};
    list.push_back(b);
    list.push_back(c);
    list.push_front(a);
    int expected = 1;
    for (const Item& item : list) {
        EXPECT_EQ(item.number, expected++);
    }
    EXPECT_EQ(expected, 4);
}

TEST(List, UnlinksAnywhere) {
    Items list;
    Item a{1};
    Item b{2};
    list.push_back(a);
    list.push_back(b);
    a.node.unlink();
    EXPECT_FALSE(a.node.is_linked());
    EXPECT_EQ(list.front(), &b);
    EXPECT_EQ(list.pop_front(), &b);
    EXPECT_EQ(list.pop_front(), nullptr);
    EXPECT_TRUE(list.empty());
    list.push_back(a);
    EXPECT_EQ(list.back(), &a);
}

TEST(List, InsertsAndWalksBothWays) {
    Items list;
    Item a{1};
    Item b{2};
    Item c{3};
    list.push_back(a);
    list.push_back(c);
    list.insert_before(c, b);
    EXPECT_EQ(list.next(a), &b);
    EXPECT_EQ(list.previous(c), &b);
    EXPECT_EQ(list.next(c), nullptr);
    EXPECT_EQ(list.previous(a), nullptr);
}

} // namespace
} // namespace hermit
