#include <base/core_set.hpp>

#include <gtest/gtest.h>

namespace hermit {
namespace {

TEST(CoreSet, MembersAcrossWords) {
    CoreSet set;
    EXPECT_TRUE(set.empty());
    set.add(0);
    set.add(64);
    set.add(kMaxCores - 1);
    EXPECT_EQ(set.count(), 3u);
    EXPECT_EQ(set.first_from(1), 64u);
    EXPECT_EQ(set.first_from(65), kMaxCores - 1);
    set.remove(kMaxCores - 1);
    EXPECT_EQ(set.first_from(65), kMaxCores);
    EXPECT_FALSE(set.contains(kMaxCores));
}

TEST(CoreSet, FirstCoresAndIntersection) {
    const CoreSet both = CoreSet::first(5) & CoreSet::only(3);
    EXPECT_EQ(both, CoreSet::only(3));
    EXPECT_TRUE((CoreSet::first(3) & CoreSet::only(3)).empty());
}

} // namespace
} // namespace hermit
