// The real-time clock of the PC/AT (MC146818), read once at boot.
#include <arch/cpu.hpp>
#include <arch/time.hpp>

namespace hermit::arch {
namespace {

constexpr std::uint16_t kIndex = 0x70;
constexpr std::uint16_t kData = 0x71;

constexpr std::uint8_t kStatusA = 0x0A;
constexpr std::uint8_t kUpdating = 0x80;
constexpr std::uint8_t kNothing = 0xFF; // what a port gives that nobody drives

std::uint8_t read_register(std::uint8_t number) {
    out8(kIndex, number); // bit 7 clear: non-maskable interrupts stay on
    return in8(kData);
}

struct Moment {
    std::uint8_t second, minute, hour, day, month, year, century;
    friend bool operator==(const Moment&, const Moment&) = default;
};

Moment read_moment() {
    return {read_register(0), read_register(2), read_register(4),   read_register(7),
            read_register(8), read_register(9), read_register(0x32)};
}

unsigned from_bcd(unsigned value, bool binary) {
    return binary ? value : (value >> 4) * 10 + (value & 0xF);
}

/// Days from 1970-01-01 to a date of the Gregorian calendar: March-based years make the leap day
/// the last of its year.
std::uint64_t days_since_1970(unsigned year, unsigned month, unsigned day) {
    const unsigned shifted_year = month <= 2 ? year - 1 : year;
    const unsigned shifted_month = month <= 2 ? month + 9 : month - 3;
    const std::uint64_t days = std::uint64_t{shifted_year} * 365 + shifted_year / 4 -
                               shifted_year / 100 + shifted_year / 400 +
                               (shifted_month * 153 + 2) / 5 + day - 1;
    return days - 719'468; // days from 0000-03-01 to 1970-01-01
}

} // namespace

std::uint64_t boot_time_realtime_ns() {
    if (read_register(kStatusA) == kNothing) {
        return 0; // no clock there
    }
    constexpr unsigned kPatience = 10'000; // readings of some 10 us; an update takes 2 ms
    Moment moment = read_moment();
    // Until two readings agree and no update is under way.
    for (unsigned i = 0; i < kPatience; ++i) {
        const bool updating = (read_register(kStatusA) & kUpdating) != 0;
        const Moment again = read_moment();
        if (!updating && again == moment) {
            break;
        }
        moment = again;
    }
    const std::uint8_t mode = read_register(0xB);
    const bool binary = (mode & 0x04) != 0;
    const unsigned day = from_bcd(moment.day, binary);
    const unsigned month = from_bcd(moment.month, binary);
    if (day == 0 || day > 31 || month == 0 || month > 12) {
        return 0; // something else answers
    }
    const bool afternoon = (moment.hour & 0x80) != 0;
    unsigned hour = from_bcd(moment.hour & 0x7F, binary);
    if ((mode & 0x02) == 0) { // 12-hour mode
        hour = hour % 12 + (afternoon ? 12 : 0);
    }
    unsigned century = from_bcd(moment.century, binary);
    if (century < 19 || century > 29) {
        century = 20;
    }
    const unsigned year = century * 100 + from_bcd(moment.year, binary);
    const std::uint64_t seconds = days_since_1970(year, month, day) * 86'400 + hour * 3'600 +
                                  from_bcd(moment.minute, binary) * 60 +
                                  from_bcd(moment.second, binary);
    return seconds * 1'000'000'000 - now_ns();
}

} // namespace hermit::arch
