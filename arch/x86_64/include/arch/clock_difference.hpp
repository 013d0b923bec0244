// Whether two cores' time-stamp counters run alike, from the four moments of one handshake. Pure.
#pragma once

#include <cstdint>

namespace hermit::arch {

/// A core reads its counter and announces itself; the boot core sees that and reads its own. The
/// boot core reads its counter and answers; the core sees that and reads its own.
struct ClockMarks {
    std::uint64_t arrived = 0;  // the core's
    std::uint64_t seen = 0;     // the boot core's
    std::uint64_t released = 0; // the boot core's
    std::uint64_t resumed = 0;  // the core's

    /// The core's counter less the boot core's, in ticks, is certainly in this range, as no answer
    /// comes before its question.
    constexpr std::int64_t least() const { return static_cast<std::int64_t>(arrived - seen); }
    constexpr std::int64_t most() const { return static_cast<std::int64_t>(resumed - released); }

    /// The difference that is certain, at least: 0 if the counters may be equal.
    constexpr std::int64_t certain_difference() const {
        return least() > 0 ? least() : most() < 0 ? most() : 0;
    }
    /// How much the difference can be beyond that.
    constexpr std::uint64_t uncertainty() const {
        return static_cast<std::uint64_t>(most() - least());
    }
};

} // namespace hermit::arch
