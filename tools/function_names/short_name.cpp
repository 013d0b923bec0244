#include "short_name.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace hermit::names {
namespace {

std::string demangled(const std::string& name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text{
        abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free};
    return status == 0 ? text.get() : std::string{};
}

/// Removes all occurrences of `part`.
void remove(std::string& text, std::string_view part) {
    for (std::size_t at; (at = text.find(part)) != std::string::npos;) {
        text.erase(at, part.size());
    }
}

/// If an operator's name starts here, its length: its brackets enclose nothing.
std::size_t operator_length(std::string_view text, std::size_t at) {
    constexpr std::string_view kOperator = "operator";
    if (text.substr(at, kOperator.size()) != kOperator ||
        (at != 0 &&
         (std::isalnum(static_cast<unsigned char>(text[at - 1])) || text[at - 1] == '_'))) {
        return 0;
    }
    constexpr std::string_view kWithBrackets[] = {"()", "[]", "<=>", "<<=", ">>=", "->*", "<<",
                                                  ">>", "<=", ">=",  "->",  "<",   ">"};
    for (const std::string_view symbol : kWithBrackets) {
        if (text.substr(at + kOperator.size(), symbol.size()) == symbol) {
            return kOperator.size() + symbol.size();
        }
    }
    return kOperator.size();
}

/// Leaves out what is in brackets of any kind, what stands before the last blank outside of them (a
/// type of result), and what follows a parameter list.
std::string outside_of_brackets(std::string_view text) {
    std::string result;
    unsigned depth = 0;
    bool is_operator = false; // then a blank belongs to the name: operator new
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t length = depth == 0 ? operator_length(text, at) : 0;
        if (length != 0) {
            result += text.substr(at, length);
            at += length - 1;
            is_operator = true;
            continue;
        }
        switch (text[at]) {
        case '{': // {lambda(int)#1}
            if (depth == 0) {
                result += text.substr(at, std::min(text.find_first_of("(}", at), text.size()) - at);
                result += '}';
            }
            [[fallthrough]];
        case '(':
        case '<':
        case '[':
            ++depth;
            break;
        case ')':
        case '>':
        case '}':
        case ']':
            depth -= depth != 0 ? 1 : 0;
            break;
        default:
            if (depth != 0) {
                break;
            }
            if (text[at] != ' ') {
                result += text[at];
            } else if (at != 0 && text[at - 1] == ')') {
                return result; // " const"
            } else if (!is_operator) {
                result.clear();
            } else if (result.back() != ' ' && text.substr(at, 2) != " <") {
                result += ' ';
            }
        }
    }
    return result;
}

} // namespace

std::string short_name(const std::string& linker_name) {
    // The compiler's variants of functions, f.constprop.0, are f to the reader; f.cold lies
    // elsewhere.
    const std::string name = linker_name.substr(0, linker_name.find('.', 1));
    const char* const part = linker_name.ends_with(".cold") ? ".cold" : "";
    std::string text = name.starts_with("_Z") ? demangled(name) : "";
    remove(text, "(anonymous namespace)::");
    const std::string result = outside_of_brackets(text);
    return (result.empty() ? name : result) + part;
}

} // namespace hermit::names
