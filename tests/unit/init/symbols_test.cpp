#include "../../../kernel/init/symbols.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hermit::init {
namespace {

constexpr std::uint8_t kFunction = 0x12; // global
constexpr std::uint8_t kObject = 0x11;

class SymbolsTest : public testing::Test {
  protected:
    void add(const std::string& name, std::uint64_t start, std::uint64_t size,
             std::uint8_t info = kFunction, std::uint16_t section = 1) {
        symbols_.push_back(
            {static_cast<std::uint32_t>(names_.size()), info, 0, section, start, size});
        names_ += name + '\0';
    }
    /// "name+offset", or "" if there is none.
    std::string find(std::uint64_t address) const {
        const auto place = SymbolTable{symbols_, names_}.find(address);
        return place ? place->name + ("+" + std::to_string(place->offset)) : "";
    }

    std::vector<ElfSymbol> symbols_;
    std::string names_{'\0'};
};

TEST_F(SymbolsTest, FindsTheFunction) {
    add("second", 0x2000, 0x10);
    add("first", 0x1000, 0x20);
    EXPECT_EQ(find(0xFFF), "");
    EXPECT_EQ(find(0x1000), "first+0");
    EXPECT_EQ(find(0x101F), "first+31");
    EXPECT_EQ(find(0x1020), "");
    EXPECT_EQ(find(0x200F), "second+15");
}

TEST_F(SymbolsTest, FunctionsOnly) {
    add("data", 0x1000, 0x20, kObject);
    add("elsewhere", 0x1000, 0x20, kFunction, 0);
    EXPECT_EQ(find(0x1008), "");
}

TEST_F(SymbolsTest, WithoutASizeTheNearestBelow) {
    add("one", 0x1000, 0);
    add("two", 0x1100, 0);
    add("sized", 0x1080, 0x10);
    EXPECT_EQ(find(0x10FF), "one+255");
    EXPECT_EQ(find(0x1180), "two+128");
    EXPECT_EQ(find(0x1088), "sized+8"); // one whose extent is known is better
    EXPECT_EQ(find(0x10000000), "");
}

TEST_F(SymbolsTest, NamesOutsideOfTheirTable) {
    add("x", 0x1000, 0x10);
    symbols_[0].st_name = 0xFFFFFFFF;
    EXPECT_EQ(find(0x1000), "");
    symbols_[0].st_name = 0; // the empty name
    EXPECT_EQ(find(0x1000), "");
    symbols_[0].st_name = 1;
    names_.pop_back(); // no end
    EXPECT_EQ(find(0x1000), "");
}

TEST_F(SymbolsTest, Empty) { EXPECT_FALSE(SymbolTable{}.find(0x1000)); }

} // namespace
} // namespace hermit::init
