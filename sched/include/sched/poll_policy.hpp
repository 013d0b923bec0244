// Whether an idle core polls before it halts: learnt from how its halts and polls end.
#pragma once

#include <cstdint>

namespace hermit::sched {

/// A poll lasts for at most `longest`; it pays if another core's wake-up comes meanwhile. A halt
/// that such a wake-up has ended so soon is the sign that it would: one is enough at the start.
/// Each poll in vain doubles the number of signs that are asked for before the next; one that has
/// found something makes it one again, and polling goes on. (That the signs go on while polls find
/// nothing is no contradiction: where two cores share one of the host's, it is the halt that lets
/// the other core get on.) Times in one unit throughout, here ticks.
class PollPolicy {
  public:
    static constexpr unsigned kMostSigns = 1024;

    bool is_worth_it() const { return missing_ == 0; }

    /// A halt has ended, by another core's wake-up that came `after` the beginning of idling.
    void woken(std::uint64_t after, std::uint64_t longest) {
        if (missing_ != 0 && after < longest) {
            --missing_;
        }
    }

    /// A poll has ended, `after` the beginning of idling.
    void polled(bool found, std::uint64_t after, std::uint64_t longest) {
        if (after / 2 >= longest) {
            // The host has taken the processor away meanwhile: others need it more.
            ask(asked_ * 16);
        } else if (found) {
            asked_ = 1;
        } else {
            ask(asked_ * 2);
        }
    }

  private:
    void ask(unsigned signs) {
        asked_ = signs < kMostSigns ? signs : kMostSigns;
        missing_ = asked_;
    }

    unsigned asked_ = 1;
    unsigned missing_ = 1;
};

} // namespace hermit::sched
