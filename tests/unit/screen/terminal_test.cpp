#include <screen/terminal.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace hermit::screen {
namespace {

/// A display of 10 x 3 that keeps what it was told, and counts.
class FakeDisplay final : public Display {
  public:
    unsigned columns() const override { return kColumns; }
    unsigned rows() const override { return kRows; }
    void draw(unsigned column, unsigned row, char character) override {
        ASSERT_LT(column, kColumns);
        ASSERT_LT(row, kRows);
        ASSERT_GE(character, ' ');
        ASSERT_LE(character, '~');
        text[row][column] = character;
        ++drawn;
    }
    void finish(unsigned column, unsigned row) override {
        cursor_column = column;
        cursor_row = row;
    }

    static constexpr unsigned kColumns = 10;
    static constexpr unsigned kRows = 3;
    std::vector<std::string> text{kRows, std::string(kColumns, '#')};
    unsigned drawn = 0, cursor_column = 99, cursor_row = 99;
};

class TerminalTest : public testing::Test {
  protected:
    void write(std::string_view text) { terminal_.write(text.data(), text.size()); }
    void expect(const std::vector<std::string>& rows) {
        for (unsigned row = 0; row < FakeDisplay::kRows; ++row) {
            std::string whole = rows[row];
            whole.resize(FakeDisplay::kColumns, ' ');
            EXPECT_EQ(display_.text[row], whole) << "row " << row;
        }
    }
    void expect_cursor(unsigned column, unsigned row) {
        EXPECT_EQ(display_.cursor_column, column);
        EXPECT_EQ(display_.cursor_row, row);
    }

    FakeDisplay display_;
    std::vector<char> memory_ = std::vector<char>(Terminal::memory_bytes(display_), 'm');
    Terminal terminal_{display_, memory_.data()};
};

TEST_F(TerminalTest, ClearsTheDisplay) {
    expect({"", "", ""});
    expect_cursor(0, 0);
}

TEST_F(TerminalTest, Lines) {
    write("one\ntwo");
    expect({"one", "two", ""});
    expect_cursor(3, 1);
}

TEST_F(TerminalTest, CarriageReturnAndBackspaceOverwrite) {
    write("hello\rJ\nab\b\b\b\bX");
    expect({"Jello", "Xb", ""});
}

TEST_F(TerminalTest, TabsStopAtEightAndAtTheEnd) {
    write("a\tb\tc\n\td");
    expect({"a       b", "c", "        d"});
}

TEST_F(TerminalTest, LongLinesAreWrapped) {
    write("0123456789abc");
    expect({"0123456789", "abc", ""});
}

TEST_F(TerminalTest, AFullLineDoesNotLeaveAnEmptyOne) {
    write("0123456789");
    expect_cursor(10, 0);
    write("\nnext");
    expect({"0123456789", "next", ""});
}

TEST_F(TerminalTest, Scrolls) {
    write("1\n2\n3\n4\n5\n6");
    expect({"4", "5", "6"});
    write("\n");
    expect({"5", "6", ""});
    expect_cursor(0, 2);
}

TEST_F(TerminalTest, WrappingInTheLastRowScrolls) {
    write("a\nb\n0123456789!");
    expect({"b", "0123456789", "!"});
}

TEST_F(TerminalTest, OtherCharacters) {
    write("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC\xF0\x9F\x98\x80|\x07\x1B\x7F|");
    expect({"gr?? ??||", "", ""});
}

TEST_F(TerminalTest, ACharacterMayComeInParts) {
    write("\xE2");
    write("\x82");
    write("\xAC.");
    expect({"?.", "", ""});
}

TEST_F(TerminalTest, DrawsOnlyWhatChanges) {
    write("same\nsame\nsame");
    display_.drawn = 0;
    write("\nsame");
    EXPECT_EQ(display_.drawn, 0u);
    write("\rsaNe");
    EXPECT_EQ(display_.drawn, 1u);
}

} // namespace
} // namespace hermit::screen
