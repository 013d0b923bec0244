// What an idle core does before it halts. Waking a halted one takes an interrupt and, under a
// hypervisor, whatever the host needs to let the processor go on: some 10 microseconds. A core that
// polls is woken by the store into its inbox alone.
#include <sched/core_scheduler.hpp>
#include <sched/idle_poll.hpp>

#include "rest.hpp"

#include <arch/core.hpp>
#include <arch/cpu.hpp>
#include <arch/features.hpp>
#include <arch/ledger.hpp>
#include <arch/time.hpp>

namespace hermit::sched {
namespace {

constexpr std::uint64_t kBoundUs = 10'000'000;
// A halt of a real machine ends within a few microseconds; a host's scheduler takes longer.
constexpr std::uint64_t kUsualUs = 20;
constexpr std::uint64_t kUsualVirtualUs = 100;

/// In ticks. 0 as long as the clock is unknown.
constinit std::uint64_t longest_poll = 0;

} // namespace

void set_longest_poll(std::uint64_t microseconds) {
    if (microseconds == kUsualLongestPoll) {
        microseconds = arch::features().hypervisor ? kUsualVirtualUs : kUsualUs;
    }
    microseconds = microseconds < kBoundUs ? microseconds : kBoundUs;
    longest_poll = microseconds * arch::tsc_khz() / 1000;
}

/// Whether some other core could soon wake this one without an interrupt of its own: it does not
/// halt, or is about to go on.
bool CoreScheduler::another_is_awake() const {
    for (unsigned other = 0; other < arch::core_count(); ++other) {
        const CoreScheduler& scheduler = core_scheduler.on(per_core_distance_of(other));
        if (other != core && (scheduler.wake_threshold.load(std::memory_order_relaxed) != 0 ||
                              !scheduler.inbox.empty())) {
            return true;
        }
    }
    return false;
}

bool CoreScheduler::poll() {
    if (!another_is_awake()) {
        return false;
    }
    const bool measuring = arch::is_measuring;
    if (measuring) [[unlikely]] {
        begin_measuring(Rest::kPolling);
    }
    std::uint64_t elapsed;
    // With interrupts on: handlers leave what they have woken in the ready queue or the inbox.
    arch::enable_interrupts();
    do {
        arch::pause();
        elapsed = arch::read_tsc() - idle.started_tsc;
    } while (elapsed < longest_poll && inbox.empty() && ready_.seems_empty());
    arch::disable_interrupts();
    if (measuring) [[unlikely]] {
        end_measuring();
    }
    const bool found = !inbox.empty() || ready_.first() != nullptr;
    poll_policy_.polled(found, elapsed, longest_poll);
    return found;
}

void CoreScheduler::judge_halt() {
    if (!inbox.empty()) {
        poll_policy_.woken(woken_tsc.load(std::memory_order_relaxed) - idle.started_tsc,
                           longest_poll);
    }
}

} // namespace hermit::sched
