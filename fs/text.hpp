// The few operations on text that the kernel has no library for.
#pragma once

#include <base/memory.hpp>

#include <string_view>

namespace hermit::fs {

inline bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && hermit_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// The length of `text` up to its null byte, at most `limit`.
inline std::size_t length_up_to(const char* text, std::size_t limit) {
    std::size_t length = 0;
    while (length < limit && text[length] != '\0') {
        ++length;
    }
    return length;
}

} // namespace hermit::fs
