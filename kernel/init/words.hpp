// The words of a command line, and what stands in them. Pure.
#pragma once

#include <cstdint>

namespace hermit::init {

bool is_blank(char character);

/// Takes words off a text, writing them back without quotes and escapes, which only shortens them.
class Words {
  public:
    explicit Words(char* text) : rest_{text} {}

    /// The next word, null-terminated, or null at the end.
    char* next();

  private:
    char escape();

    char* rest_;
};

/// The text behind `name` if `word` starts with it, else null.
const char* value_of(const char* word, const char* name);

bool equal(const char* a, const char* b);

/// Reads a number, decimal or with 0x, and moves `text` behind it. False if there is none.
bool read_number(const char*& text, std::uint64_t& number);

/// As above for a text that is nothing but a number.
bool read_whole_number(const char* text, std::uint64_t& number);

} // namespace hermit::init
