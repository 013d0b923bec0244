#include "words.hpp"

namespace hermit::init {
namespace {

/// What GRUB writes a backslash before, in quotes or not.
bool is_special(char character) {
    return character == '"' || character == '\'' || character == '\\';
}

int hexadecimal_digit(char character) {
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    const char lower = static_cast<char>(character | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

char* Words::next() {
    while (is_blank(*rest_)) {
        ++rest_;
    }
    if (*rest_ == '\0') {
        return nullptr;
    }
    char* const word = rest_;
    char* to = word;
    bool quoted = false;
    while (*rest_ != '\0' && (quoted || !is_blank(*rest_))) {
        if (*rest_ == '"') {
            quoted = !quoted;
            ++rest_;
        } else if (*rest_ == '\\' && (quoted ? rest_[1] != '\0' : is_special(rest_[1]))) {
            *to++ = escape();
        } else {
            *to++ = *rest_++;
        }
    }
    if (*rest_ != '\0') {
        ++rest_;
    }
    *to = '\0';
    return word;
}

char Words::escape() {
    const char kind = rest_[1];
    rest_ += 2;
    if (kind == 'n') {
        return '\n';
    }
    if (kind == 't') {
        return '\t';
    }
    if (kind == 'x') {
        const int high = hexadecimal_digit(rest_[0]);
        const int low = high < 0 ? -1 : hexadecimal_digit(rest_[1]);
        if (low >= 0) {
            rest_ += 2;
            return static_cast<char>(high * 16 + low);
        }
    }
    return kind;
}

const char* value_of(const char* word, const char* name) {
    while (*name != '\0') {
        if (*word++ != *name++) {
            return nullptr;
        }
    }
    return word;
}

bool equal(const char* a, const char* b) {
    const char* const rest = value_of(a, b);
    return rest != nullptr && *rest == '\0';
}

bool read_number(const char*& text, std::uint64_t& number) {
    unsigned base = 10;
    if (text[0] == '0' && (text[1] | 0x20) == 'x') {
        base = 16;
        text += 2;
    }
    const char* const first = text;
    number = 0;
    for (;; ++text) {
        const int digit = hexadecimal_digit(*text);
        if (digit < 0 || static_cast<unsigned>(digit) >= base || number > ~0ull / 16 - 16) {
            return text != first;
        }
        number = number * base + static_cast<unsigned>(digit);
    }
}

bool read_whole_number(const char* text, std::uint64_t& number) {
    return read_number(text, number) && *text == '\0';
}

} // namespace hermit::init
