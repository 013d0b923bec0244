#include <screen/terminal.hpp>

#include <base/memory.hpp>

namespace hermit::screen {
namespace {

constexpr unsigned kTab = 8;

bool continues_character(char byte) { return (byte & 0xC0) == 0x80; } // UTF-8

} // namespace

std::size_t Terminal::memory_bytes(const Display& display) {
    return std::size_t{2} * display.columns() * display.rows();
}

Terminal::Terminal(Display& display, char* memory)
    : display_{display}, columns_{display.columns()}, rows_{display.rows()}, wanted_{memory},
      shown_{memory + std::size_t{columns_} * rows_} {
    const std::size_t cells = std::size_t{columns_} * rows_;
    hermit_memset(wanted_, ' ', cells);
    hermit_memset(shown_, 0, cells); // unknown
    refresh();
}

void Terminal::write(const char* text, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        put(text[i]);
    }
    refresh();
}

void Terminal::put(char character) {
    switch (character) {
    case '\n':
        start_line();
        break;
    case '\r':
        column_ = 0;
        break;
    case '\b':
        column_ -= column_ > 0 ? 1 : 0;
        break;
    case '\t':
        do {
            put_printable(' ');
        } while (column_ % kTab != 0 && column_ < columns_);
        break;
    default:
        if (character >= ' ' && character <= '~') {
            put_printable(character);
        } else if ((character & 0x80) != 0 && !continues_character(character)) {
            put_printable('?');
        }
    }
}

void Terminal::put_printable(char character) {
    if (column_ >= columns_) {
        start_line();
    }
    const unsigned column = column_ < columns_ ? column_ : 0; // another core may write, too
    wanted_[std::size_t{row_} * columns_ + column] = character;
    column_ = column + 1;
}

void Terminal::start_line() {
    column_ = 0;
    const unsigned next = row_ + 1;
    if (next < rows_) {
        row_ = next;
        return;
    }
    const std::size_t rest = std::size_t{columns_} * (rows_ - 1);
    hermit_memmove(wanted_, wanted_ + columns_, rest);
    hermit_memset(wanted_ + rest, ' ', columns_);
}

void Terminal::refresh() {
    std::size_t cell = 0;
    for (unsigned row = 0; row < rows_; ++row) {
        for (unsigned column = 0; column < columns_; ++column, ++cell) {
            if (shown_[cell] != wanted_[cell]) {
                shown_[cell] = wanted_[cell];
                display_.draw(column, row, shown_[cell]);
            }
        }
    }
    display_.finish(column_, row_);
}

} // namespace hermit::screen
