#include <arch/frequency.hpp>

namespace hermit::arch {
namespace {

/// kHz per unit for the three letters of MHz, GHz or THz; else 0.
std::uint64_t unit_of(const char* text) {
    if (text[0] == '\0' || text[1] != 'H' || text[2] != 'z') {
        return 0;
    }
    switch (text[0]) {
    case 'M':
        return 1'000;
    case 'G':
        return 1'000'000;
    case 'T':
        return 1'000'000'000;
    default:
        return 0;
    }
}

bool is_digit(char character) { return character >= '0' && character <= '9'; }

} // namespace

std::uint64_t khz_from_brand(const char* brand) {
    std::uint64_t found = 0;
    for (const char* at = brand; *at != '\0';) {
        if (!is_digit(*at)) {
            ++at;
            continue;
        }
        constexpr std::uint64_t kMost = 1'000'000'000; // of digits, more make no sense
        std::uint64_t digits = 0;
        std::uint64_t scale = 1; // 10 to the number of decimals
        bool has_point = false;
        for (; is_digit(*at) || (*at == '.' && !has_point); ++at) {
            if (*at == '.') {
                has_point = true;
            } else if (digits < kMost && scale < kMost) {
                digits = digits * 10 + static_cast<unsigned>(*at - '0');
                scale *= has_point ? 10 : 1;
            }
        }
        if (const std::uint64_t unit = unit_of(at); unit != 0) {
            found = digits * unit / scale; // the last one counts: others are part of a name
        }
    }
    return found;
}

std::uint64_t khz_from_crystal(const CpuidResult& leaf15) {
    if (leaf15.eax == 0 || leaf15.ebx == 0 || leaf15.ecx == 0) {
        return 0;
    }
    return std::uint64_t{leaf15.ecx} * leaf15.ebx / leaf15.eax / 1000;
}

std::uint64_t khz_from_base(const CpuidResult& leaf16) {
    return std::uint64_t{leaf16.eax & 0xFFFF} * 1000;
}

} // namespace hermit::arch
