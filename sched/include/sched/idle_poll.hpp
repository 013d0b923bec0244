// Polling of idle cores, as the boot sets it.
#pragma once

#include <cstdint>

namespace hermit::sched {

/// As suits the machine.
inline constexpr std::uint64_t kUsualLongestPoll = ~std::uint64_t{0};

/// How long an idle core may poll at most before it halts, 10 s or less; 0: never. Until this is
/// called none polls. The clock's frequency is known by now. Once, before other cores run.
void set_longest_poll(std::uint64_t microseconds);

} // namespace hermit::sched
