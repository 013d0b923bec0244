#include <functions.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace hermit::profile {
namespace {

TEST(FunctionTable, FindsTheRange) {
    FunctionTable table;
    std::istringstream lines{"1000 1010 2 1\n1010 1020 3\n2000 2001 2\n"};
    ASSERT_TRUE(table.read(lines));
    EXPECT_EQ(table.find(0xFFF), nullptr);
    ASSERT_NE(table.find(0x1000), nullptr);
    EXPECT_TRUE(table.find(0x1000)->is_entry);
    EXPECT_EQ(table.find(0x100F)->function, 2u);
    EXPECT_EQ(table.find(0x1010)->function, 3u);
    EXPECT_FALSE(table.find(0x1010)->is_entry);
    EXPECT_EQ(table.find(0x1020), nullptr);
    EXPECT_EQ(table.find(0x2000)->start, 0x2000u);
    EXPECT_EQ(table.find(0x2001), nullptr);
}

TEST(FunctionTable, RefusesWhatIsWrong) {
    for (const char* const text :
         {"", "1000\n", "1000 1000 2\n", "1000 1010 1\n", "x\n", "1000 1010 2\n1008 1020 3\n"}) {
        FunctionTable table;
        std::istringstream lines{text};
        EXPECT_FALSE(table.read(lines)) << text;
    }
}

} // namespace
} // namespace hermit::profile
